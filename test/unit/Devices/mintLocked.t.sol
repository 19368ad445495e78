// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IDevices} from "../../../contracts/interfaces/IDevices.sol";
import {IERC5192} from "../../../contracts/interfaces/IERC5192.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {DevicesTest} from "./DevicesTest.sol";

contract MintLockedTest is DevicesTest {
    function testFuzz_MintLocked(
        uint256 seed,
        address anyKeeper,
        bool byOperator
    ) external {
        vm.assume(anyKeeper != address(0));
        uint32 index = _anyIndex(seed);
        ItemId item = _item(index);
        IDevices.Membership memory membership = _membership(index);
        vm.prank(maker);
        devices.setApprovalForAll(operator, true);

        vm.expectEmit(address(devices));
        emit IDevices.DeviceMinted(item, maker, hospital);
        vm.expectEmit(address(devices));
        emit IERC5192.Locked(item.tokenId());
        vm.expectEmit(address(devices));
        emit IDevices.DeviceLocked(item, anyKeeper, maker);
        vm.prank(byOperator ? operator : maker);
        devices.mintLocked(item, hospital, membership, anyKeeper);

        _assertOwner(item, hospital);
        _assertLocked(item, anyKeeper, maker);
    }

    function test_RevertWhen_KeeperIsZero() external {
        IDevices.Membership memory membership = _membership(0);
        vm.expectRevert(abi.encodeWithSelector(IDevices.Devices_ZeroKeeper.selector, _item(0)));
        vm.prank(maker);
        devices.mintLocked(_item(0), hospital, membership, address(0));
    }

    function testFuzz_RevertGiven_ItCannotBeMinted(
        uint256 way
    ) external {
        IDevices.Membership memory membership = _membership(0);
        vm.expectRevert(abi.encodeWithSelector(IDevices.Devices_NotManufacturer.selector, _item(0), hospital));
        vm.prank(hospital);
        devices.mintLocked(_item(0), hospital, membership, keeper);

        ICustody.Standing standing = _makeImmovable(0, bound(way, 0, 6));
        vm.expectRevert(_immovable(_item(0), standing));
        vm.prank(maker);
        devices.mintLocked(_item(0), hospital, membership, keeper);
    }
}
