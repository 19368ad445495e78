// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Custody} from "../../contracts/Custody.sol";
import {Devices} from "../../contracts/Devices.sol";
import {IDevices} from "../../contracts/interfaces/IDevices.sol";
import {ItemId} from "../../contracts/types/Ids.sol";
import {DevicesStore} from "./DevicesStore.sol";
import {Test} from "forge-std/Test.sol";

/// @title Anyone does anything, and the store says beforehand whether it may work
contract DevicesHandler is Test {
    bytes32 private constant EVIDENCE = keccak256("an EPCIS event");

    Devices private immutable DEVICES;
    Custody private immutable CUSTODY;
    DevicesStore private immutable STORE;
    address private immutable MAKER;

    address[] private actors;
    ItemId[] private items;
    IDevices.Membership[] private memberships;

    constructor(
        Devices devices,
        Custody custody,
        DevicesStore store,
        address maker,
        address[] memory actors_
    ) {
        (DEVICES, CUSTODY, STORE, MAKER) = (devices, custody, store, maker);
        actors = actors_;
    }

    function addItem(
        ItemId item,
        IDevices.Membership calldata membership
    ) external {
        items.push(item);
        memberships.push(membership);
    }

    function mint(
        uint256 callerSeed,
        uint256 toSeed,
        uint256 itemSeed,
        bool withLock
    ) external {
        (address caller, address to) = (_mostly(MAKER, callerSeed), _actor(toSeed));
        uint256 index = itemSeed % items.length;
        ItemId item = items[index];
        DevicesStore.Twin memory twin = STORE.twinOf(item);
        bool allowed = twin.owner == address(0) && !twin.stopped && _speaksForMaker(caller) && _active(to);

        bytes memory call = withLock
            ? abi.encodeCall(IDevices.mintLocked, (item, to, memberships[index], address(this)))
            : abi.encodeCall(IDevices.mint, (item, to, memberships[index]));
        if (!_call(caller, call, allowed)) return;

        STORE.countMint();
        twin.owner = to;
        ++twin.mints;
        if (withLock) (twin.keeper, twin.returnTo) = (address(this), MAKER);
        STORE.setTwin(item, twin);
    }

    function move(
        uint256 callerSeed,
        uint256 toSeed,
        uint256 itemSeed,
        uint256 path
    ) external {
        (address to, ItemId item) = (_actor(toSeed), _item(itemSeed));
        DevicesStore.Twin memory twin = STORE.twinOf(item);
        address caller = _mostly(twin.owner, callerSeed);
        address from = twin.owner;
        bool allowed =
            _maySpend(caller, twin) && twin.keeper == address(0) && !twin.stopped && _active(from) && _active(to);

        path %= 4;
        bytes memory call = abi.encodeCall(DEVICES.transferFrom, (from, to, item.tokenId()));
        if (path == 1) {
            call = abi.encodeWithSignature("safeTransferFrom(address,address,uint256)", from, to, item.tokenId());
        } else if (path == 2) {
            call = abi.encodeWithSignature(
                "safeTransferFrom(address,address,uint256,bytes)", from, to, item.tokenId(), "data"
            );
        } else if (path == 3) {
            call = abi.encodeCall(IDevices.transferLocked, (from, to, item, caller));
        }
        if (!_call(caller, call, allowed)) return;

        (twin.owner, twin.approved) = (to, address(0));
        if (path == 3) (twin.keeper, twin.returnTo) = (caller, from);
        STORE.setTwin(item, twin);
    }

    function lock(
        uint256 callerSeed,
        uint256 keeperSeed,
        uint256 itemSeed
    ) external {
        (address keeper, ItemId item) = (_actor(keeperSeed), _item(itemSeed));
        DevicesStore.Twin memory twin = STORE.twinOf(item);
        address caller = _mostly(twin.owner, callerSeed);
        bool allowed = _maySpend(caller, twin) && twin.keeper == address(0);
        if (!_call(caller, abi.encodeCall(IDevices.lock, (item, keeper)), allowed)) return;

        (twin.keeper, twin.returnTo, twin.approved) = (keeper, twin.owner, address(0));
        STORE.setTwin(item, twin);
    }

    function unlock(
        uint256 callerSeed,
        uint256 itemSeed
    ) external {
        ItemId item = _item(itemSeed);
        DevicesStore.Twin memory twin = STORE.twinOf(item);
        address caller = _mostly(twin.keeper, callerSeed);
        bool allowed = twin.keeper != address(0) && caller == twin.keeper;
        if (!_call(caller, abi.encodeCall(IDevices.unlock, (item)), allowed)) return;

        (twin.keeper, twin.returnTo) = (address(0), address(0));
        STORE.setTwin(item, twin);
    }

    function sendBack(
        uint256 callerSeed,
        uint256 toSeed,
        uint256 itemSeed
    ) external {
        ItemId item = _item(itemSeed);
        DevicesStore.Twin memory twin = STORE.twinOf(item);
        address caller = _mostly(twin.keeper, callerSeed);
        address to = toSeed % 4 == 0 ? _actor(toSeed) : twin.returnTo;
        // Neither custody nor participants matter here.
        bool allowed = twin.keeper != address(0) && caller == twin.keeper && to == twin.returnTo;
        if (!_call(caller, abi.encodeCall(IDevices.sendBack, (item, to)), allowed)) return;

        (twin.owner, twin.keeper, twin.returnTo) = (to, address(0), address(0));
        STORE.setTwin(item, twin);
    }

    function approve(
        uint256 callerSeed,
        uint256 toSeed,
        uint256 itemSeed
    ) external {
        (address to, ItemId item) = (_actor(toSeed), _item(itemSeed));
        DevicesStore.Twin memory twin = STORE.twinOf(item);
        address caller = _mostly(twin.owner, callerSeed);
        bool allowed = twin.owner != address(0) && twin.keeper == address(0)
            && (caller == twin.owner || STORE.isOperator(twin.owner, caller));
        if (!_call(caller, abi.encodeCall(DEVICES.approve, (to, item.tokenId())), allowed)) return;

        twin.approved = to;
        STORE.setTwin(item, twin);
    }

    function setApprovalForAll(
        uint256 ownerSeed,
        uint256 operatorSeed,
        bool approved
    ) external {
        (address owner, address operator) = (_actor(ownerSeed), _actor(operatorSeed));
        _call(owner, abi.encodeCall(DEVICES.setApprovalForAll, (operator, approved)), true);
        STORE.setOperator(owner, operator, approved);
    }

    /// @dev The maker's quarantine stands for every way of stopping; the unit tests go through them all.
    function stopOrRelease(
        uint256 itemSeed
    ) external {
        ItemId item = _item(itemSeed);
        DevicesStore.Twin memory twin = STORE.twinOf(item);
        if (STORE.isInactive(MAKER)) return;
        vm.prank(MAKER);
        if (twin.stopped) CUSTODY.release(item, MAKER, EVIDENCE);
        else CUSTODY.quarantine(item, EVIDENCE);
        twin.stopped = !twin.stopped;
        STORE.setTwin(item, twin);
    }

    function _call(
        address caller,
        bytes memory call,
        bool allowed
    ) private returns (bool success) {
        vm.prank(caller);
        (success,) = address(DEVICES).call(call);
        assertEq(success, allowed, "allowed");
    }

    function _maySpend(
        address caller,
        DevicesStore.Twin memory twin
    ) private view returns (bool) {
        return twin.owner != address(0)
            && (caller == twin.owner || caller == twin.approved || STORE.isOperator(twin.owner, caller));
    }

    function _speaksForMaker(
        address caller
    ) private view returns (bool) {
        return _active(MAKER) && (caller == MAKER || STORE.isOperator(MAKER, caller));
    }

    function _active(
        address account
    ) private view returns (bool) {
        return !STORE.isInactive(account);
    }

    /// @dev Whoever is likely to be allowed, three times of four: by chance alone a run would hardly move anything.
    function _mostly(
        address likely,
        uint256 seed
    ) private view returns (address) {
        return seed % 4 == 0 || likely == address(0) ? _actor(seed) : likely;
    }

    function _actor(
        uint256 seed
    ) private view returns (address) {
        return actors[(seed >> 8) % actors.length];
    }

    function _item(
        uint256 seed
    ) private view returns (ItemId) {
        return items[seed % items.length];
    }
}
