// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Custody} from "../../contracts/Custody.sol";
import {ICatalog} from "../../contracts/interfaces/ICatalog.sol";
import {ICustody} from "../../contracts/interfaces/ICustody.sol";
import {CODEC_RAW, Content} from "../../contracts/types/Content.sol";
import {ItemId, LotId, ModelId} from "../../contracts/types/Ids.sol";
import {CustodyStore} from "./CustodyStore.sol";
import {Test} from "forge-std/Test.sol";

/// @title The test that made the handler, as the administration's hand
interface ISuspender {
    function setSuspended(
        address account,
        bool suspended
    ) external;
}

/// @title Anyone does anything to any item
/// @notice Every call is made, allowed or not, and must succeed exactly when the store says so. Nothing here reverts.
contract CustodyHandler is Test {
    bytes32 private constant EVIDENCE = keccak256("an EPCIS event");

    /// @notice What the handler needs to know of an item.
    struct Member {
        ItemId item;
        address tagKey;
        bytes32[] proof;
    }

    Custody private immutable CUSTODY;
    ICatalog private immutable CATALOG;
    CustodyStore private immutable STORE;
    ISuspender private immutable ADMINISTRATION;
    ModelId private immutable MODEL;
    LotId private immutable LOT;

    Member[] private _members;
    address[] private _parties;

    constructor(
        Custody custody,
        CustodyStore store,
        Member[] memory members,
        address[] memory parties
    ) {
        CUSTODY = custody;
        CATALOG = custody.CATALOG();
        STORE = store;
        LOT = members[0].item.lot();
        MODEL = CATALOG.lotOf(LOT).model;
        for (uint256 i = 0; i < members.length; ++i) {
            _members.push(members[i]);
        }
        _parties = parties;
        ADMINISTRATION = ISuspender(msg.sender);
    }

    function commission(
        uint256 callerSeed,
        uint256 unitSeed
    ) external {
        (address caller, uint256 unit,) = _choose(callerSeed, unitSeed);
        bool expected = STORE.mayCommission(caller, unit);
        _call(caller, expected, _commissioning(unit));
        if (expected) STORE.setHolder(unit, STORE.MAKER(), address(0));
    }

    function ship(
        uint256 callerSeed,
        uint256 unitSeed,
        uint256 toSeed
    ) public {
        (address caller, uint256 unit, ItemId item) = _choose(callerSeed, unitSeed);
        address to = _party(toSeed);
        bool expected = STORE.mayShip(caller, unit, to);
        _call(caller, expected, abi.encodeCall(ICustody.ship, (item, to, EVIDENCE)));
        if (expected) STORE.setAddressee(unit, to);
    }

    /// @dev The holder ships: chance alone would seldom find it.
    function shipByHolder(
        uint256 unitSeed,
        uint256 toSeed
    ) external {
        (, uint256 unit, ItemId item) = _choose(0, unitSeed);
        address caller = STORE.unitOf(unit).holder;
        if (caller == address(0)) return;
        address to = _party(toSeed);
        bool expected = STORE.mayShip(caller, unit, to);
        _call(caller, expected, abi.encodeCall(ICustody.ship, (item, to, EVIDENCE)));
        if (expected) STORE.setAddressee(unit, to);
    }

    function receiveItem(
        uint256 callerSeed,
        uint256 unitSeed
    ) external {
        (address caller, uint256 unit, ItemId item) = _choose(callerSeed, unitSeed);
        _receive(caller, unit, item);
    }

    function receiveByAddressee(
        uint256 unitSeed
    ) external {
        (, uint256 unit, ItemId item) = _choose(0, unitSeed);
        if (STORE.isUnderWay(unit)) _receive(STORE.unitOf(unit).addressee, unit, item);
    }

    function reject(
        uint256 callerSeed,
        uint256 unitSeed
    ) external {
        (address caller, uint256 unit, ItemId item) = _choose(callerSeed, unitSeed);
        bool expected = STORE.mayAnswer(caller, unit);
        _call(caller, expected, abi.encodeCall(ICustody.reject, (item, EVIDENCE)));
        if (expected) STORE.setAddressee(unit, address(0));
    }

    function cancelShipment(
        uint256 callerSeed,
        uint256 unitSeed
    ) external {
        (address caller, uint256 unit, ItemId item) = _choose(callerSeed, unitSeed);
        bool expected = STORE.mayCancel(caller, unit);
        _call(caller, expected, abi.encodeCall(ICustody.cancelShipment, (item, EVIDENCE)));
        if (expected) STORE.setAddressee(unit, address(0));
    }

    function decommission(
        uint256 callerSeed,
        uint256 unitSeed
    ) external {
        (address caller, uint256 unit, ItemId item) = _choose(callerSeed, unitSeed);
        bool expected = STORE.mayDecommission(caller, unit);
        _call(caller, expected, abi.encodeCall(ICustody.decommission, (item, EVIDENCE)));
        if (expected) STORE.setDecommissioned(unit);
    }

    function quarantine(
        uint256 callerSeed,
        uint256 unitSeed
    ) external {
        (address caller, uint256 unit, ItemId item) = _choose(callerSeed, unitSeed);
        address setBy = STORE.setterFor(caller, unit);
        bool expected = setBy != address(0) && !STORE.isQuarantinedBy(unit, setBy);
        _call(caller, expected, abi.encodeCall(ICustody.quarantine, (item, EVIDENCE)));
        if (expected) STORE.addQuarantine(unit, setBy);
    }

    function release(
        uint256 callerSeed,
        uint256 unitSeed,
        uint256 setterSeed
    ) external {
        (address caller, uint256 unit, ItemId item) = _choose(callerSeed, unitSeed);
        address[] memory setters = STORE.quarantinesOf(unit);
        address setBy = setters.length == 0 ? caller : setters[setterSeed % setters.length];
        bool expected = setters.length != 0 && STORE.mayLift(caller, setBy);
        _call(caller, expected, abi.encodeCall(ICustody.release, (item, setBy, EVIDENCE)));
        if (expected) STORE.removeQuarantine(unit, setBy);
    }

    function reportLost(
        uint256 callerSeed,
        uint256 unitSeed
    ) external {
        (address caller, uint256 unit, ItemId item) = _choose(callerSeed, unitSeed);
        address setBy = STORE.setterFor(caller, unit);
        bool expected = setBy != address(0) && !STORE.isLostBy(unit, setBy);
        _call(caller, expected, abi.encodeCall(ICustody.reportLost, (item, ICustody.Loss.Lost, EVIDENCE)));
        if (expected) STORE.addLoss(unit, setBy);
    }

    function recover(
        uint256 callerSeed,
        uint256 unitSeed,
        uint256 setterSeed
    ) external {
        (address caller, uint256 unit, ItemId item) = _choose(callerSeed, unitSeed);
        address[] memory setters = STORE.lossesOf(unit);
        address setBy = setters.length == 0 ? caller : setters[setterSeed % setters.length];
        bool expected = setters.length != 0 && STORE.mayLift(caller, setBy);
        _call(caller, expected, abi.encodeCall(ICustody.recover, (item, setBy, EVIDENCE)));
        if (expected) STORE.removeLoss(unit, setBy);
    }

    /// @dev Not every time: else there would always be one open.
    function openRecall(
        uint256 callerSeed,
        uint256 unitSeed,
        uint256 scopeSeed
    ) external {
        if (callerSeed % 3 != 0) return;
        callerSeed /= 3;
        (address caller, uint256 unit, ItemId item) = _choose(callerSeed, unitSeed);
        ICustody.RecallScope scope = ICustody.RecallScope(bound(scopeSeed, 0, 2));
        // A struck lot has no maker; its model, which was not struck, still has.
        bool struckButModelStands =
            scope == ICustody.RecallScope.Model && caller == STORE.MAKER() && STORE.isActive(caller);
        bool expected = STORE.isMakerOrRegulator(caller) || struckButModelStands;
        _call(caller, expected, _recalling(scope, item));
        if (expected) STORE.addRecall(caller, scope, unit);
    }

    function closeRecall(
        uint256 callerSeed,
        uint256 numberSeed
    ) external {
        uint256 count = STORE.recallCount();
        if (count == 0) return;
        address caller = _party(callerSeed);
        uint256 number = numberSeed % count;
        bool expected = STORE.mayClose(caller, number);
        // forge-lint: disable-next-line(unsafe-typecast)
        uint64 recallId = uint64(number + 1);
        _call(caller, expected, abi.encodeCall(ICustody.closeRecall, (recallId, EVIDENCE)));
        if (expected) STORE.closeRecall(number);
    }

    function setOperator(
        uint256 accountSeed,
        uint256 operatorSeed,
        bool approved
    ) external {
        address account = _party(accountSeed);
        address operator = _party(operatorSeed);
        _call(account, true, abi.encodeCall(ICustody.setOperator, (operator, approved)));
        STORE.setOperator(account, operator, approved);
    }

    function suspendOrReinstate(
        uint256 accountSeed
    ) external {
        address account = _party(accountSeed);
        if (!STORE.isEnrolled(account)) return;
        bool suspended = !STORE.isSuspended(account);
        ADMINISTRATION.setSuspended(account, suspended);
        STORE.setSuspended(account, suspended);
    }

    /// @dev Seldom: little can be done to a struck lot.
    function strikeLot(
        uint256 seed
    ) external {
        address regulator = STORE.REGULATOR();
        if (seed % 16 != 0 || STORE.isStruck() || !STORE.isActive(regulator)) return;
        vm.prank(regulator);
        CATALOG.strikeLot(LOT, EVIDENCE);
        STORE.setStruck();
    }

    /// @dev Seldom past the expiry, since nothing moves freely from then on.
    function passTime(
        uint256 seed,
        uint256 duration
    ) external {
        bool far = seed % 8 == 0 && block.timestamp <= STORE.EXPIRES_AT();
        skip(bound(duration, 1, far ? 500 days : 1 days));
    }

    function _recalling(
        ICustody.RecallScope scope,
        ItemId item
    ) private view returns (bytes memory) {
        Content memory notice = Content(EVIDENCE, CODEC_RAW);
        ICustody.RecallClass class = ICustody.RecallClass.II;
        if (scope == ICustody.RecallScope.Model) return abi.encodeCall(ICustody.recallModel, (MODEL, class, notice));
        if (scope == ICustody.RecallScope.Lot) return abi.encodeCall(ICustody.recallLot, (LOT, class, notice));
        return abi.encodeCall(ICustody.recallItem, (item, class, notice));
    }

    function _commissioning(
        uint256 unit
    ) private view returns (bytes memory) {
        Member memory member = _members[unit];
        // forge-lint: disable-next-line(unsafe-typecast)
        uint32 index = uint32(unit);
        return abi.encodeCall(ICustody.commission, (member.item, index, member.tagKey, member.proof, EVIDENCE));
    }

    function _receive(
        address caller,
        uint256 unit,
        ItemId item
    ) private {
        bool expected = STORE.mayAnswer(caller, unit);
        _call(caller, expected, abi.encodeCall(ICustody.receiveItem, (item, EVIDENCE)));
        if (!expected) return;
        CustodyStore.Unit memory before = STORE.unitOf(unit);
        STORE.setHolder(unit, before.addressee, before.holder);
    }

    function _call(
        address caller,
        bool expected,
        bytes memory data
    ) private {
        vm.prank(caller);
        (bool succeeded,) = address(CUSTODY).call(data);
        assertEq(succeeded, expected, "allowed exactly when the store says so");
    }

    function _choose(
        uint256 callerSeed,
        uint256 unitSeed
    ) private view returns (address caller, uint256 unit, ItemId item) {
        caller = _party(callerSeed);
        unit = unitSeed % _members.length;
        item = _members[unit].item;
    }

    function _party(
        uint256 seed
    ) private view returns (address) {
        return _parties[seed % _parties.length];
    }
}
