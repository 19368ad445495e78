// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDevices} from "../../../contracts/interfaces/IDevices.sol";
import {IERC5192} from "../../../contracts/interfaces/IERC5192.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {DevicesTest} from "./DevicesTest.sol";

contract UnlockTest is DevicesTest {
    function testFuzz_Unlock(
        uint256 seed,
        bool handedOver
    ) external {
        ItemId item = _mint(_anyIndex(seed), hospital);
        vm.startPrank(hospital);
        if (handedOver) devices.transferLocked(hospital, clinic, item, keeper);
        else devices.lock(item, keeper);
        vm.stopPrank();

        vm.expectEmit(address(devices));
        emit IERC5192.Unlocked(item.tokenId());
        vm.prank(keeper);
        devices.unlock(item);

        _assertUnlocked(item);
        _assertOwner(item, handedOver ? clinic : hospital);
        assertEq(devices.getApproved(item.tokenId()), address(0), "approved");
    }

    function test_Unlock_SetsFree() external {
        ItemId item = _mintThenLock(0, hospital);
        vm.prank(keeper);
        devices.unlock(item);
        vm.prank(hospital);
        devices.transferFrom(hospital, clinic, item.tokenId());
        _assertOwner(item, clinic);
    }

    function test_RevertGiven_NotLocked() external {
        ItemId item = _mint(0, hospital);
        vm.prank(hospital);
        devices.approve(operator, item.tokenId());
        address[3] memory callers = [hospital, operator, keeper];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IDevices.Devices_NotLocked.selector, item));
            vm.prank(callers[i]);
            devices.unlock(item);
        }
    }

    function testFuzz_RevertWhen_CallerIsNotTheKeeper(
        address caller
    ) external {
        vm.assume(caller != keeper);
        ItemId item = _mintThenLock(0, hospital);
        vm.expectRevert(abi.encodeWithSelector(IDevices.Devices_NotKeeper.selector, item, caller));
        vm.prank(caller);
        devices.unlock(item);
    }
}
