// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDevices} from "../../../contracts/interfaces/IDevices.sol";
import {IERC5192} from "../../../contracts/interfaces/IERC5192.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {DevicesTest} from "./DevicesTest.sol";
import {IERC721} from "@openzeppelin/contracts/interfaces/IERC721.sol";

contract SendBackTest is DevicesTest {
    function testFuzz_SendBack(
        uint256 seed,
        uint256 way,
        bool suspended
    ) external {
        uint32 index = _anyIndex(seed);
        ItemId item = _transferLocked(index);
        // The last of the ways is none.
        way = bound(way, 0, WAYS);
        if (way < WAYS) _makeImmovable(index, way);
        if (suspended) {
            _suspend(hospital);
            _suspend(clinic);
        }

        vm.expectEmit(address(devices));
        emit IERC5192.Unlocked(item.tokenId());
        vm.expectEmit(address(devices));
        emit IERC721.Transfer(clinic, hospital, item.tokenId());
        vm.expectEmit(address(devices));
        emit IDevices.DeviceSentBack(item, keeper, hospital);
        vm.prank(keeper);
        devices.sendBack(item, hospital);

        _assertOwner(item, hospital);
        _assertUnlocked(item);
        assertEq(devices.balanceOf(clinic), 0, "balance of the former owner");
        assertEq(devices.balanceOf(hospital), 1, "balance");
    }

    /// @dev Every way of stopping an item, not only those that a fuzzer happens on.
    function test_SendBack_EveryWay() external {
        ItemId item = _transferLocked(0);
        for (uint256 way = 0; way < WAYS; ++way) {
            uint256 before = vm.snapshotState();
            _makeImmovable(0, way);
            (bool movable,) = custody.isMovable(item);
            assertFalse(movable, "movable");
            vm.prank(keeper);
            devices.sendBack(item, hospital);
            _assertOwner(item, hospital);
            vm.revertToState(before);
        }
    }

    function test_SendBack_AfterMintLocked() external {
        IDevices.Membership memory membership = _membership(0);
        vm.prank(maker);
        devices.mintLocked(_item(0), hospital, membership, keeper);
        vm.prank(keeper);
        devices.sendBack(_item(0), maker);
        _assertOwner(_item(0), maker);
    }

    function test_SendBack_WhereItIs() external {
        ItemId item = _mintThenLock(0, hospital);
        vm.prank(keeper);
        devices.sendBack(item, hospital);
        _assertOwner(item, hospital);
        assertEq(devices.balanceOf(hospital), 1, "balance");
        _assertUnlocked(item);
    }

    function test_RevertGiven_NotLocked() external {
        ItemId item = _mint(0, hospital);
        vm.prank(hospital);
        devices.approve(keeper, item.tokenId());
        vm.expectRevert(abi.encodeWithSelector(IDevices.Devices_NotLocked.selector, item));
        vm.prank(keeper);
        devices.sendBack(item, hospital);
    }

    function test_RevertGiven_SentBackAlready() external {
        ItemId item = _transferLocked(0);
        vm.startPrank(keeper);
        devices.sendBack(item, hospital);
        vm.expectRevert(abi.encodeWithSelector(IDevices.Devices_NotLocked.selector, item));
        devices.sendBack(item, hospital);
        vm.stopPrank();
    }

    function testFuzz_RevertWhen_CallerIsNotTheKeeper(
        address caller
    ) external {
        vm.assume(caller != keeper);
        ItemId item = _transferLocked(0);
        vm.expectRevert(abi.encodeWithSelector(IDevices.Devices_NotKeeper.selector, item, caller));
        vm.prank(caller);
        devices.sendBack(item, hospital);
    }

    function testFuzz_RevertWhen_AccountDidNotLockIt(
        address to
    ) external {
        vm.assume(to != hospital);
        ItemId item = _transferLocked(0);
        vm.expectRevert(abi.encodeWithSelector(IDevices.Devices_NotReturnAccount.selector, item, to));
        vm.prank(keeper);
        devices.sendBack(item, to);
        _assertLocked(item, keeper, hospital);
    }

    function _transferLocked(
        uint32 index
    ) private returns (ItemId item) {
        item = _mint(index, hospital);
        vm.prank(hospital);
        devices.transferLocked(hospital, clinic, item, keeper);
    }
}
