// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDevices} from "../../contracts/interfaces/IDevices.sol";
import {ItemId} from "../../contracts/types/Ids.sol";
import {DevicesTest} from "../unit/Devices/DevicesTest.sol";
import {DevicesHandler} from "./DevicesHandler.sol";
import {DevicesStore} from "./DevicesStore.sol";

/// @dev That no path moves what must not move, and that every allowed one works, is asserted by the handler at each call.
contract DevicesInvariantTest is DevicesTest {
    DevicesStore private store;
    address[] private actors;

    function setUp() public override {
        super.setUp();
        store = new DevicesStore();
        actors = [maker, hospital, clinic, distributor, rival, stranger];
        // The stranger was never enrolled, and the rival is out: both can be approved, neither can own.
        _suspend(rival);
        store.setInactive(rival, true);
        store.setInactive(stranger, true);

        DevicesHandler handler = new DevicesHandler(devices, custody, store, maker, actors);
        for (uint32 i = 0; i < COUNT; ++i) {
            handler.addItem(_item(i), _membership(i));
        }
        bytes4[] memory selectors = new bytes4[](8);
        (selectors[0], selectors[1], selectors[2]) =
        (handler.mint.selector, handler.move.selector, handler.lock.selector);
        (selectors[3], selectors[4]) = (handler.unlock.selector, handler.sendBack.selector);
        (selectors[5], selectors[6]) = (handler.approve.selector, handler.setApprovalForAll.selector);
        selectors[7] = handler.stopOrRelease.selector;
        targetSelector(FuzzSelector({addr: address(handler), selectors: selectors}));
        targetContract(address(handler));
    }

    function invariant_OneTwinPerItemForEver() external view {
        for (uint32 i = 0; i < COUNT; ++i) {
            DevicesStore.Twin memory twin = store.twinOf(_item(i));
            assertLe(twin.mints, 1, "mints");
            if (twin.mints == 1) assertEq(devices.ownerOf(_item(i).tokenId()), twin.owner, "owner");
        }
    }

    function invariant_BalancesAreTheSupply() external view {
        uint256 sum = 0;
        for (uint256 i = 0; i < actors.length; ++i) {
            uint256 balance = devices.balanceOf(actors[i]);
            assertEq(balance, _countOwned(actors[i]), "balance");
            sum += balance;
        }
        assertEq(sum, store.supply(), "supply");
    }

    function invariant_OnlyActiveOwnWhatIsNotSentBack() external view {
        assertEq(devices.balanceOf(rival), 0, "suspended");
        assertEq(devices.balanceOf(stranger), 0, "never enrolled");
    }

    function invariant_LocksAndApprovalsAreTheStore() external view {
        for (uint32 i = 0; i < COUNT; ++i) {
            ItemId item = _item(i);
            DevicesStore.Twin memory twin = store.twinOf(item);
            IDevices.Lock memory kept = devices.lockOf(item);
            assertEq(kept.keeper, twin.keeper, "keeper");
            bytes12 tag = twin.keeper == address(0) ? bytes12(0) : bytes12(keccak256(abi.encode(twin.returnTo)));
            assertEq(kept.returnTag, tag, "return tag");
            if (twin.mints == 0) continue;
            assertEq(devices.getApproved(item.tokenId()), twin.approved, "approved");
            assertEq(devices.locked(item.tokenId()), twin.keeper != address(0), "locked");
        }
    }

    function _countOwned(
        address owner
    ) private view returns (uint256 count) {
        for (uint32 i = 0; i < COUNT; ++i) {
            if (store.twinOf(_item(i)).owner == owner) ++count;
        }
    }
}
