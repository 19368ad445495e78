// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDevices} from "../../../contracts/interfaces/IDevices.sol";
import {CODEC_DAG_PB, CODEC_RAW, Content} from "../../../contracts/types/Content.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {DevicesTest} from "./DevicesTest.sol";
import {IERC4906} from "@openzeppelin/contracts/interfaces/IERC4906.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

contract SetDocumentTest is DevicesTest {
    // The empty file as a raw block, and its CID as Kubo gives it.
    bytes32 private constant EMPTY = 0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855;
    string private constant EMPTY_URI = "ipfs://bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";

    function testFuzz_SetDocument(
        uint256 seed,
        bytes32 digest,
        bool tree,
        bool byOperator
    ) external {
        vm.assume(digest != 0);
        uint32 index = _anyIndex(seed);
        ItemId item = _mint(index, hospital);
        ItemId other = _mint((index + 1) % COUNT, hospital);
        string memory uriOfOther = devices.tokenURI(other.tokenId());
        vm.prank(maker);
        devices.setApprovalForAll(operator, true);
        Content memory document = Content({digest: digest, codec: tree ? CODEC_DAG_PB : CODEC_RAW});

        vm.expectEmit(address(devices));
        emit IDevices.DeviceDocumentSet(item, document.digest, document.codec);
        vm.expectEmit(address(devices));
        emit IERC4906.MetadataUpdate(item.tokenId());
        vm.prank(byOperator ? operator : maker);
        devices.setDocument(item, document);

        assertEq(abi.encode(devices.documentOf(item)), abi.encode(document), "document");
        assertEq(abi.encode(devices.documentOf(other)), abi.encode(_lotDocument()), "document of another");
        assertEq(devices.tokenURI(other.tokenId()), uriOfOther, "URI of another");
    }

    function test_SetDocument_Again() external {
        ItemId item = _mint(0, hospital);
        vm.startPrank(maker);
        devices.setDocument(item, Content({digest: keccak256("first"), codec: CODEC_DAG_PB}));
        devices.setDocument(item, Content({digest: EMPTY, codec: CODEC_RAW}));
        vm.stopPrank();
        assertEq(devices.tokenURI(item.tokenId()), EMPTY_URI);
    }

    function test_RevertGiven_NoToken() external {
        uint256 tokenId = _item(0).tokenId();
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, tokenId));
        vm.prank(maker);
        devices.setDocument(_item(0), _lotDocument());
    }

    function test_RevertGiven_LotStruck() external {
        ItemId item = _mint(0, hospital);
        _makeImmovable(0, 7);
        _expectNotManufacturer(maker, item);
        // Nobody speaks for the zero address.
        assertFalse(devices.isApprovedForAll(address(0), maker));
    }

    function test_RevertWhen_CallerIsNotTheManufacturer() external {
        ItemId item = _mint(0, hospital);
        _expectNotManufacturer(hospital, item);
        _expectNotManufacturer(rival, item);
        _expectNotManufacturer(regulator, item);
        _expectNotManufacturer(stranger, item);
    }

    function test_RevertGiven_ManufacturerNotActive() external {
        ItemId item = _mint(0, hospital);
        _suspend(maker);
        vm.expectRevert(_notActive(maker));
        vm.prank(maker);
        devices.setDocument(item, _lotDocument());
    }

    function testFuzz_RevertWhen_DocumentIsNone(
        bytes32 digest,
        uint8 codec
    ) external {
        ItemId item = _mint(0, hospital);
        if (codec == CODEC_RAW || codec == CODEC_DAG_PB) digest = 0;
        vm.expectRevert(abi.encodeWithSelector(IDevices.Devices_BadDocument.selector, digest, codec));
        vm.prank(maker);
        devices.setDocument(item, Content({digest: digest, codec: codec}));
    }

    function _expectNotManufacturer(
        address caller,
        ItemId item
    ) private {
        vm.expectRevert(abi.encodeWithSelector(IDevices.Devices_NotManufacturer.selector, item, caller));
        vm.prank(caller);
        devices.setDocument(item, _lotDocument());
    }
}
