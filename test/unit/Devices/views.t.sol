// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Cid} from "../../../contracts/libraries/Cid.sol";
import {Content} from "../../../contracts/types/Content.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {DevicesTest} from "./DevicesTest.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

contract ViewsTest is DevicesTest {
    function test_Names() external view {
        assertEq(devices.name(), "Theriac Devices");
        assertEq(devices.symbol(), "TDEV");
        assertEq(address(devices.PARTICIPANTS()), address(participants));
        assertEq(address(devices.CATALOG()), address(catalog));
        assertEq(address(devices.CUSTODY()), address(custody));
    }

    function test_SupportsInterface() external view {
        assertTrue(devices.supportsInterface(0x01ffc9a7), "ERC-165");
        assertTrue(devices.supportsInterface(0x80ac58cd), "ERC-721");
        assertTrue(devices.supportsInterface(0x5b5e139f), "ERC-721 metadata");
        assertTrue(devices.supportsInterface(0x49064906), "ERC-4906");
        assertTrue(devices.supportsInterface(0xb45a3c0e), "ERC-5192");
    }

    function testFuzz_SupportsNothingElse(
        bytes4 id
    ) external view {
        vm.assume(id != 0x01ffc9a7 && id != 0x80ac58cd && id != 0x5b5e139f && id != 0x49064906 && id != 0xb45a3c0e);
        assertFalse(devices.supportsInterface(id));
    }

    function testFuzz_TokenUri_OfTheLot(
        uint256 seed
    ) external {
        ItemId item = _mint(_anyIndex(seed), hospital);
        string memory expected = string.concat("ipfs://", Cid.toString(_lotDocument()));
        assertEq(devices.tokenURI(item.tokenId()), expected);
        // Of a struck lot as well: what was said of it stays readable.
        _makeImmovable(0, 7);
        assertEq(devices.tokenURI(item.tokenId()), expected);
    }

    function test_DocumentOf_NoLot() external view {
        Content memory none = devices.documentOf(ItemId.wrap(keccak256("no lot")));
        assertEq(none.digest, 0);
        assertEq(none.codec, 0);
    }

    function test_RevertGiven_NoToken() external {
        uint256 tokenId = _item(0).tokenId();
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, tokenId));
        devices.tokenURI(tokenId);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, tokenId));
        devices.locked(tokenId);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, tokenId));
        devices.ownerOf(tokenId);
    }
}
