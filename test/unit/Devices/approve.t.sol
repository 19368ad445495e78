// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ItemId} from "../../../contracts/types/Ids.sol";
import {DevicesTest} from "./DevicesTest.sol";
import {IERC721} from "@openzeppelin/contracts/interfaces/IERC721.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

contract ApproveTest is DevicesTest {
    function testFuzz_Approve(
        uint256 seed,
        address first,
        address second,
        bool byOperator
    ) external {
        ItemId item = _mintWithOperator(_anyIndex(seed));
        address caller = byOperator ? operator : hospital;
        _approveAndCheck(caller, first, item);
        _approveAndCheck(caller, second, item);
        _approveAndCheck(caller, second, item);
        _approveAndCheck(caller, address(0), item);
    }

    function test_RevertGiven_NoToken() external {
        uint256 tokenId = _item(0).tokenId();
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, tokenId));
        vm.prank(hospital);
        devices.approve(clinic, tokenId);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, tokenId));
        devices.getApproved(tokenId);
    }

    function test_RevertGiven_Locked() external {
        ItemId item = _mintWithOperator(0);
        vm.prank(hospital);
        devices.lock(item, keeper);
        address[3] memory callers = [hospital, operator, keeper];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(_lockedBy(item, keeper));
            vm.prank(callers[i]);
            devices.approve(stranger, item.tokenId());
        }
        _assertLocked(item, keeper, hospital);
    }

    function testFuzz_RevertWhen_CallerIsAStranger(
        address caller
    ) external {
        vm.assume(caller != hospital && caller != operator && caller != address(0));
        ItemId item = _mintWithOperator(0);
        vm.prank(hospital);
        devices.approve(caller, item.tokenId());
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721InvalidApprover.selector, caller));
        vm.prank(caller);
        devices.approve(stranger, item.tokenId());
    }

    function _mintWithOperator(
        uint32 index
    ) private returns (ItemId item) {
        item = _mint(index, hospital);
        vm.prank(hospital);
        devices.setApprovalForAll(operator, true);
    }

    function _approveAndCheck(
        address caller,
        address to,
        ItemId item
    ) private {
        vm.expectEmit(address(devices));
        emit IERC721.Approval(hospital, to, item.tokenId());
        vm.prank(caller);
        devices.approve(to, item.tokenId());
        assertEq(devices.getApproved(item.tokenId()), to, "approved");
        _assertUnlocked(item);
    }
}
