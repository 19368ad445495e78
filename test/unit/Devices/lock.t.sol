// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDevices} from "../../../contracts/interfaces/IDevices.sol";
import {IERC5192} from "../../../contracts/interfaces/IERC5192.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {DevicesTest} from "./DevicesTest.sol";
import {IERC721} from "@openzeppelin/contracts/interfaces/IERC721.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

contract LockTest is DevicesTest {
    address private approved = _account("approved");

    function testFuzz_Lock(uint256 seed, uint256 by, address anyKeeper) external {
        vm.assume(anyKeeper != address(0));
        ItemId item = _mintApproved(_anyIndex(seed));
        address caller = [hospital, approved, operator][bound(by, 0, 2)];

        vm.expectEmit(address(devices));
        emit IERC5192.Locked(item.tokenId());
        vm.expectEmit(address(devices));
        emit IDevices.DeviceLocked(item, anyKeeper, hospital);
        vm.prank(caller);
        devices.lock(item, anyKeeper);

        _assertOwner(item, hospital);
        _assertLocked(item, anyKeeper, hospital);
    }

    function test_Lock_TellsThatTheApprovalEnded() external {
        ItemId item = _mintApproved(0);
        vm.expectEmit(address(devices));
        emit IERC721.Approval(hospital, address(0), item.tokenId());
        vm.prank(hospital);
        devices.lock(item, keeper);

        vm.prank(keeper);
        devices.unlock(item);
        vm.recordLogs();
        vm.prank(hospital);
        devices.lock(item, keeper);
        assertEq(vm.getRecordedLogs().length, 2, "no approval, none to end");
    }

    function testFuzz_Lock_WhateverCustodySays(uint256 way) external {
        ItemId item = _mint(0, hospital);
        _makeImmovable(0, bound(way, 0, WAYS - 1));
        _suspend(hospital);
        vm.prank(hospital);
        devices.lock(item, keeper);
        _assertLocked(item, keeper, hospital);
    }

    function test_RevertGiven_NoToken() external {
        ItemId item = _item(0);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, item.tokenId()));
        vm.prank(maker);
        devices.lock(item, keeper);
    }

    function test_RevertGiven_Locked() external {
        ItemId item = _mintApproved(0);
        vm.prank(hospital);
        devices.lock(item, keeper);
        address[3] memory callers = [hospital, operator, keeper];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(_lockedBy(item, keeper));
            vm.prank(callers[i]);
            devices.lock(item, callers[i]);
        }
    }

    function testFuzz_RevertWhen_CallerIsAStranger(address caller) external {
        vm.assume(caller != hospital && caller != approved && caller != operator && caller != address(0));
        ItemId item = _mintApproved(0);
        vm.expectRevert(
            abi.encodeWithSelector(IERC721Errors.ERC721InsufficientApproval.selector, caller, item.tokenId())
        );
        vm.prank(caller);
        devices.lock(item, caller);
    }

    function test_RevertWhen_KeeperIsZero() external {
        ItemId item = _mint(0, hospital);
        vm.expectRevert(abi.encodeWithSelector(IDevices.Devices_ZeroKeeper.selector, item));
        vm.prank(hospital);
        devices.lock(item, address(0));
    }

    function _mintApproved(uint32 index) private returns (ItemId item) {
        item = _mint(index, hospital);
        vm.startPrank(hospital);
        devices.approve(approved, item.tokenId());
        devices.setApprovalForAll(operator, true);
        vm.stopPrank();
    }
}
