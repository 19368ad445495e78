// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Devices} from "../../contracts/Devices.sol";
import {MdsProfiles} from "../../contracts/MdsProfiles.sol";
import {IMdsProfiles} from "../../contracts/interfaces/IMdsProfiles.sol";
import {CODEC_RAW, Content} from "../../contracts/types/Content.sol";
import {ItemId} from "../../contracts/types/Ids.sol";
import {MdsState, Mode, Status} from "../../contracts/types/MdsState.sol";
import {MdsProfilesStore} from "./MdsProfilesStore.sol";
import {Test} from "forge-std/Test.sol";
import {Vm} from "forge-std/Vm.sol";

/// @title Anyone does anything with two twins, and the store says beforehand whether it may work
/// @notice All accounts are active; the one at place 0 claimed both tags.
contract MdsProfilesHandler is Test {
    MdsProfiles private immutable PROFILES;
    Devices private immutable DEVICES;
    MdsProfilesStore private immutable STORE;

    address[] private _actors;
    ItemId[] private _items;

    /// @notice How often a counter was replaced: only then did one run backwards.
    uint256 public replaced;
    uint256 public ranBackwards;

    constructor(
        MdsProfiles profiles,
        Devices devices,
        MdsProfilesStore store,
        address[] memory actors,
        ItemId[] memory items
    ) {
        (PROFILES, DEVICES, STORE) = (profiles, devices, store);
        _actors = actors;
        _items = items;
    }

    // Profiles

    function update(uint256 callerSeed, uint256 itemSeed, uint256 seed) external {
        ItemId item = _item(itemSeed);
        address caller = _mostly(STORE.twinOf(item).owner, callerSeed);
        (IMdsProfiles.Update memory next, bool isNext, bool backwards) = _version(item, seed);
        bool expected = STORE.mayWrite(caller, item) && isNext && !backwards;
        _write(caller, next, expected, abi.encodeCall(IMdsProfiles.update, (next)));
    }

    function updateInService(uint256 callerSeed, uint256 orderSeed, uint256 itemSeed, uint256 seed, bool evidence)
        external
    {
        uint64 order = _order(orderSeed);
        MdsProfilesStore.Work memory work = STORE.workOf(order);
        ItemId item = itemSeed % 8 == 0 ? _item(itemSeed / 8) : work.item;
        address caller = _mostly(work.engineer, callerSeed);
        (IMdsProfiles.Update memory next, bool isNext, bool backwards) = _version(item, seed);
        bool expected = STORE.isAtWork(caller, order) && item == work.item && isNext && (!backwards || evidence);
        bytes memory call = abi.encodeCall(
            IMdsProfiles.updateInService, (order, next, evidence ? keccak256("photograph") : bytes32(0))
        );
        if (!_write(caller, next, expected, call)) return;
        if (evidence) ++replaced;
        if (backwards) ++ranBackwards;
    }

    function appoint(uint256 callerSeed, uint256 operatorSeed, uint256 itemSeed) external {
        (address operator, ItemId item) = (_actor(operatorSeed), _item(itemSeed));
        MdsProfilesStore.Twin memory twin = STORE.twinOf(item);
        address caller = _mostly(twin.owner, callerSeed);
        if (!_call(caller, caller == twin.owner, abi.encodeCall(IMdsProfiles.appoint, (item, operator)))) return;
        (twin.operator, twin.appointedBy) = (operator, caller);
        STORE.setTwin(item, twin);
    }

    function setOperator(uint256 callerSeed, uint256 operatorSeed, bool approved) external {
        (address caller, address operator) = (_actor(callerSeed), _actor(operatorSeed));
        _call(caller, true, abi.encodeCall(IMdsProfiles.setOperator, (operator, approved)));
        STORE.setOperator(caller, operator, approved);
    }

    /// @dev Now and then: what a sale ends has to be there.
    function sell(uint256 toSeed, uint256 itemSeed, uint256 chance) external {
        if (chance % 4 != 0) return;
        (address to, ItemId item) = (_actor(toSeed), _item(itemSeed));
        MdsProfilesStore.Twin memory twin = STORE.twinOf(item);
        vm.prank(twin.owner);
        DEVICES.transferFrom(twin.owner, to, item.tokenId());
        twin.owner = to;
        STORE.setTwin(item, twin);
    }

    // Work orders

    function open(uint256 callerSeed, uint256 itemSeed, uint256 kindSeed) public {
        ItemId item = _item(itemSeed);
        MdsProfilesStore.Twin memory twin = STORE.twinOf(item);
        address caller = callerSeed % 4 == 1 ? _actors[0] : _mostly(twin.owner, callerSeed);
        IMdsProfiles.OrderKind kind = IMdsProfiles.OrderKind(kindSeed % 4);
        bool entitled = STORE.mayWrite(caller, item);
        bool expected = entitled || (caller == _actors[0] && kind == IMdsProfiles.OrderKind.Fault && twin.fault == 0);
        if (!_call(caller, expected, abi.encodeCall(IMdsProfiles.open, (item, kind, _document())))) return;
        uint64 order = STORE.orders() + 1;
        MdsProfilesStore.Work memory work;
        (work.item, work.opener, work.state) = (item, caller, IMdsProfiles.OrderState.Open);
        STORE.setWork(order, work);
        if (entitled) return;
        twin.fault = order;
        STORE.setTwin(item, twin);
    }

    function assign(uint256 callerSeed, uint256 engineerSeed, uint256 orderSeed, uint256 duration) public {
        uint64 order = _order(orderSeed);
        MdsProfilesStore.Work memory work = STORE.workOf(order);
        address owner = STORE.twinOf(work.item).owner;
        address caller = _mostly(owner, callerSeed);
        bool nobody = engineerSeed % 8 == 0;
        address engineer = nobody ? address(0) : _actor(engineerSeed);
        uint40 until = nobody ? 0 : uint40(block.timestamp + bound(duration, 0, 3 days));
        bool expected =
            STORE.isRunning(order) && STORE.mayWrite(caller, work.item) && (nobody || STORE.isEngineer(engineer));
        if (!_call(caller, expected, abi.encodeCall(IMdsProfiles.assign, (order, engineer, until)))) return;
        (work.engineer, work.until, work.assignedFor) = (engineer, until, owner);
        work.state = nobody ? IMdsProfiles.OrderState.Open : IMdsProfiles.OrderState.Assigned;
        STORE.setWork(order, work);
    }

    function start(uint256 callerSeed, uint256 orderSeed) public {
        uint64 order = _order(orderSeed);
        MdsProfilesStore.Work memory work = STORE.workOf(order);
        address caller = _mostly(work.engineer, callerSeed);
        bool expected = work.state == IMdsProfiles.OrderState.Assigned && STORE.has(caller, order);
        if (!_call(caller, expected, abi.encodeCall(IMdsProfiles.start, (order)))) return;
        work.state = IMdsProfiles.OrderState.Started;
        STORE.setWork(order, work);
    }

    /// @dev From the order to the first screw: chance alone would seldom come so far. The engineers are the last two actors.
    function visit(uint256 itemSeed, uint256 kindSeed, bool second) external {
        open(2, itemSeed, kindSeed);
        assign(2, second ? 6 : 5, 0, 3 days);
        start(2, 0);
    }

    /// @dev One time in four: else there would seldom be an order to work on.
    function close(uint256 callerSeed, uint256 orderSeed, uint256 chance) external {
        uint64 order = _order(orderSeed);
        MdsProfilesStore.Work memory work = STORE.workOf(order);
        if (chance % 4 != 0 && work.state == IMdsProfiles.OrderState.Started) return;
        address caller = _mostly(work.engineer, callerSeed);
        bytes memory call = abi.encodeCall(IMdsProfiles.close, (order, IMdsProfiles.Outcome.Done, 0, 0, _document()));
        if (_call(caller, STORE.isAtWork(caller, order), call)) _end(order, work, IMdsProfiles.OrderState.Closed);
    }

    function cancel(uint256 callerSeed, uint256 orderSeed, uint256 chance) external {
        uint64 order = _order(orderSeed);
        MdsProfilesStore.Work memory work = STORE.workOf(order);
        if (chance % 4 != 0 && STORE.isRunning(order)) return;
        MdsProfilesStore.Twin memory twin = STORE.twinOf(work.item);
        address caller = _mostly(callerSeed % 2 == 0 ? work.opener : twin.owner, callerSeed / 2);
        bool takesBack = twin.fault == order && caller == work.opener && work.state == IMdsProfiles.OrderState.Open;
        bool expected = STORE.isRunning(order) && (takesBack || STORE.mayWrite(caller, work.item));
        if (_call(caller, expected, abi.encodeCall(IMdsProfiles.cancel, (order, _document())))) {
            _end(order, work, IMdsProfiles.OrderState.Cancelled);
        }
    }

    function passTime(uint256 duration) external {
        skip(bound(duration, 1, 1 days));
    }

    // Internal

    /// @return next a version, mostly the next one, whose counters mostly run on
    function _version(ItemId item, uint256 seed)
        private
        view
        returns (IMdsProfiles.Update memory next, bool isNext, bool backwards)
    {
        MdsState before = STORE.twinOf(item).state;
        next.item = item;
        next.version = before.version() + (seed % 16 == 1 ? 2 : 1);
        (next.status, next.mode) = (Status(seed / 16 % 4), Mode(seed / 64 % 4));
        // Safe: at most 4.
        // forge-lint: disable-start(unsafe-typecast)
        next.hoursRun = before.hoursRun() + uint40(seed / 256 % 5);
        next.cycles = before.cycles() + uint40(seed / 2048 % 5);
        // forge-lint: disable-end(unsafe-typecast)
        if (seed % 4 == 0) next.cycles = before.cycles() / 2;
        next.content = Content(keccak256(abi.encode(item, seed)), CODEC_RAW);
        isNext = next.version == before.version() + 1;
        backwards = next.hoursRun < before.hoursRun() || next.cycles < before.cycles();
    }

    function _write(address caller, IMdsProfiles.Update memory next, bool expected, bytes memory call)
        private
        returns (bool)
    {
        vm.recordLogs();
        if (!_call(caller, expected, call)) return false;
        // What an index would see.
        Vm.Log memory log = vm.getRecordedLogs()[0];
        assertEq(log.topics[0], IMdsProfiles.ProfileUpdated.selector, "event");
        assertEq(log.topics[1], ItemId.unwrap(next.item), "item");
        assertEq(log.topics[2], bytes32(uint256(uint160(caller))), "writer");
        MdsProfilesStore.Twin memory twin = STORE.twinOf(next.item);
        (twin.state, twin.digest) = abi.decode(log.data, (MdsState, bytes32));
        assertEq(twin.state.version(), next.version, "version");
        assertEq(twin.digest, next.content.digest, "digest");
        STORE.setTwin(next.item, twin);
        return true;
    }

    function _end(uint64 order, MdsProfilesStore.Work memory work, IMdsProfiles.OrderState state) private {
        work.state = state;
        STORE.setWork(order, work);
        MdsProfilesStore.Twin memory twin = STORE.twinOf(work.item);
        if (twin.fault != order) return;
        twin.fault = 0;
        STORE.setTwin(work.item, twin);
    }

    function _call(address caller, bool expected, bytes memory data) private returns (bool succeeded) {
        vm.prank(caller);
        (succeeded,) = address(PROFILES).call(data);
        assertEq(succeeded, expected, "allowed exactly when the store says so");
    }

    function _document() private pure returns (Content memory) {
        return Content("document", CODEC_RAW);
    }

    function _item(uint256 seed) private view returns (ItemId) {
        return _items[seed % _items.length];
    }

    /// @dev One of the newest; sometimes none.
    function _order(uint256 seed) private view returns (uint64) {
        uint64 newest = STORE.orders();
        uint64 back = uint64(seed % 4); // forge-lint: disable-line(unsafe-typecast)
        return newest > back ? newest - back : 0;
    }

    function _actor(uint256 seed) private view returns (address) {
        return _actors[seed % _actors.length];
    }

    function _mostly(address account, uint256 seed) private view returns (address) {
        return seed % 4 == 0 || account == address(0) ? _actor(seed / 4) : account;
    }
}
