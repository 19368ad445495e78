// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Units} from "../../contracts/Units.sol";
import {ICatalog} from "../../contracts/interfaces/ICatalog.sol";
import {ICustody} from "../../contracts/interfaces/ICustody.sol";
import {IUnits} from "../../contracts/interfaces/IUnits.sol";
import {CODEC_RAW, Content} from "../../contracts/types/Content.sol";
import {LotId, ModelId, UnitId} from "../../contracts/types/Ids.sol";
import {ISuspender} from "./CustodyHandler.sol";
import {UnitsStore} from "./UnitsStore.sol";
import {Test} from "forge-std/Test.sol";

/// @title Anyone does anything to any unit
/// @notice Every call is made, allowed or not, and must succeed exactly when the store says so. Nothing here reverts.
contract UnitsHandler is Test {
    bytes32 private constant EVIDENCE = keccak256("an EPCIS event");
    /// @dev Few, so that labels are used again.
    uint256 private constant LABELS = 16;

    Units private immutable UNITS;
    ICustody private immutable CUSTODY;
    ICatalog private immutable CATALOG;
    UnitsStore private immutable STORE;
    ISuspender private immutable ADMINISTRATION;

    LotId[] private _lots;
    address[] private _parties;
    /// @dev Of the recalls in the store, by their number there.
    uint64[] private _recallIds;

    constructor(Units units, UnitsStore store, LotId[] memory lots, address[] memory parties) {
        UNITS = units;
        CUSTODY = units.CUSTODY();
        CATALOG = units.CATALOG();
        STORE = store;
        ADMINISTRATION = ISuspender(msg.sender);
        (_lots, _parties) = (lots, parties);
    }

    function commission(uint256 callerSeed, uint256 lotSeed, uint256 labelSeed) external {
        address caller = _party(callerSeed);
        LotId lot = _lots[lotSeed % _lots.length];
        bytes32 label = _label(labelSeed);
        UnitId unit = lot.unitPacked(STORE.MAKER(), label);
        bool expected = STORE.mayCommission(caller, unit);
        _call(caller, expected, abi.encodeCall(IUnits.commission, (lot, label, EVIDENCE)));
        if (expected) STORE.commission(unit);
    }

    function split(uint256 callerSeed, uint256 unitSeed, uint32 count, uint256 labelSeed) external {
        UnitId unit = _unit(unitSeed);
        UnitsStore.Kept memory kept = STORE.keptOf(unit);
        address caller = _holderOrAnyone(callerSeed, unit);
        count = uint32(bound(count, 0, kept.count));
        UnitId part = unit.lot().unitPacked(kept.holder, _label(labelSeed));
        bool expected = STORE.mayDivide(caller, unit) && count != 0 && count < kept.count && !STORE.exists(part);
        _call(caller, expected, abi.encodeCall(IUnits.split, (unit, count, _label(labelSeed), EVIDENCE)));
        if (!expected) return;
        kept.count -= count;
        STORE.put(unit, kept);
        (kept.first, kept.count) = (kept.first + kept.count, count);
        STORE.put(part, kept);
    }

    function unpack(uint256 callerSeed, uint256 unitSeed, uint32 count, uint256[2] memory labelSeeds) external {
        UnitId unit = _unit(unitSeed);
        UnitsStore.Kept memory kept = STORE.keptOf(unit);
        address caller = _holderOrAnyone(callerSeed, unit);
        uint32[] memory counts = new uint32[](2);
        counts[0] = uint32(bound(count, 0, kept.count));
        counts[1] = kept.count - counts[0];
        bytes32[] memory labels = new bytes32[](2);
        (labels[0], labels[1]) = (_label(labelSeeds[0]), _label(labelSeeds[1]));
        UnitId a = unit.lot().unitPacked(kept.holder, labels[0]);
        UnitId b = unit.lot().unitPacked(kept.holder, labels[1]);
        bool expected = STORE.mayDivide(caller, unit) && counts[0] != 0 && counts[1] != 0 && labels[0] != labels[1]
            && _isFree(a, unit, unit) && _isFree(b, unit, unit);
        _call(caller, expected, abi.encodeCall(IUnits.unpack, (unit, counts, labels, EVIDENCE)));
        if (!expected) return;
        STORE.remove(unit);
        kept.count = counts[0];
        STORE.put(a, kept);
        (kept.first, kept.count) = (kept.first + counts[0], counts[1]);
        STORE.put(b, kept);
    }

    /// @dev With the unit that begins where the first ends, or with any.
    function pack(uint256 callerSeed, uint256 unitSeed, uint256 nextSeed, uint256 labelSeed) external {
        UnitId[] memory parts = new UnitId[](2);
        parts[0] = _unit(unitSeed);
        UnitsStore.Kept memory kept = STORE.keptOf(parts[0]);
        address caller = _holderOrAnyone(callerSeed, parts[0]);
        (bool found, UnitId next) = STORE.beginningAt(parts[0].lot(), kept.first + kept.count);
        parts[1] = found && nextSeed % 8 != 0 ? next : _unit(nextSeed / 8);
        UnitId whole = parts[0].lot().unitPacked(kept.holder, _label(labelSeed));
        bool expected = STORE.mayJoin(caller, parts[0], parts[1]) && _isFree(whole, parts[0], parts[1]);
        _call(caller, expected, abi.encodeCall(IUnits.pack, (parts, _label(labelSeed), EVIDENCE)));
        if (!expected) return;
        kept.count += STORE.keptOf(parts[1]).count;
        STORE.remove(parts[0]);
        STORE.remove(parts[1]);
        STORE.put(whole, kept);
    }

    function ship(uint256 callerSeed, uint256 unitSeed, uint256 toSeed) external {
        UnitId unit = _unit(unitSeed);
        _ship(_holderOrAnyone(callerSeed, unit), unit, _party(toSeed));
    }

    /// @dev A whole move: chance alone would make few.
    function handOver(uint256 unitSeed, uint256 toSeed) external {
        UnitId unit = _unit(unitSeed);
        _ship(STORE.keptOf(unit).holder, unit, _party(toSeed));
        _receive(STORE.keptOf(unit).addressee, unit, 0);
    }

    /// @dev Sometimes the caller signs for other contents.
    function receiveUnit(uint256 callerSeed, uint256 unitSeed, uint256 mistake) external {
        UnitId unit = _underWay(unitSeed);
        _receive(_orAnyone(callerSeed, STORE.keptOf(unit).addressee), unit, mistake % 16);
    }

    function reject(uint256 callerSeed, uint256 unitSeed) external {
        UnitId unit = _underWay(unitSeed);
        address caller = _orAnyone(callerSeed, STORE.keptOf(unit).addressee);
        bool expected = STORE.mayAnswer(caller, unit);
        _call(caller, expected, abi.encodeCall(IUnits.reject, (unit, EVIDENCE)));
        if (expected) STORE.setAddressee(unit, address(0));
    }

    function cancelShipment(uint256 callerSeed, uint256 unitSeed) external {
        UnitId unit = _underWay(unitSeed);
        address caller = _holderOrAnyone(callerSeed, unit);
        bool expected = STORE.mayCancel(caller, unit);
        _call(caller, expected, abi.encodeCall(IUnits.cancelShipment, (unit, EVIDENCE)));
        if (expected) STORE.setAddressee(unit, address(0));
    }

    /// @dev Not every time: a stopped unit does little.
    function stop(uint256 callerSeed, uint256 unitSeed, uint256 whySeed) external {
        if (callerSeed % 3 != 0) return;
        UnitId unit = _unit(unitSeed);
        address caller = _party(callerSeed / 3);
        IUnits.Stop why = IUnits.Stop(whySeed % 3);
        address setBy = STORE.setterFor(caller, unit);
        bool expected = setBy != address(0) && !STORE.isStoppedBy(unit, why, setBy);
        _call(caller, expected, abi.encodeCall(IUnits.stop, (unit, why, EVIDENCE)));
        if (expected) STORE.addStop(unit, why, setBy);
    }

    function free(uint256 callerSeed, uint256 unitSeed, uint256 whySeed, uint256 setterSeed) external {
        UnitId unit = _stopped(unitSeed);
        IUnits.Stop why = IUnits.Stop(whySeed % 3);
        // The reason for which it is stopped, most of the time.
        if (STORE.stopsOf(unit, why).length == 0) why = IUnits.Stop((whySeed % 3 + 1) % 3);
        address[] memory setters = STORE.stopsOf(unit, why);
        address setBy = setters.length == 0 ? _party(setterSeed) : setters[setterSeed % setters.length];
        address caller = _orAnyone(callerSeed, callerSeed % 3 == 0 ? STORE.REGULATOR() : setBy);
        bool expected = setters.length != 0 && STORE.mayLift(caller, setBy);
        _call(caller, expected, abi.encodeCall(IUnits.free, (unit, why, setBy, EVIDENCE)));
        if (expected) STORE.removeStop(unit, why, setBy);
    }

    function dispense(uint256 callerSeed, uint256 unitSeed, uint32 first, uint32 count) external {
        UnitId unit = _unit(unitSeed);
        UnitsStore.Kept memory kept = STORE.keptOf(unit);
        address caller = _holderOrAnyone(callerSeed, unit);
        address holder = callerSeed % 8 == 7 ? caller : kept.holder;
        (first, count) = _range(kept, first, count % 4);
        bool expected = STORE.mayDispense(caller, holder, unit, first, count);
        uint32[] memory indices = new uint32[](count);
        for (uint32 i = 0; i < count; ++i) {
            indices[i] = first + i;
        }
        _call(caller, expected, abi.encodeCall(IUnits.dispense, (holder, unit, indices, EVIDENCE)));
        if (expected) _end(unit, first, count, UnitsStore.End.Dispensed);
    }

    function destroy(uint256 callerSeed, uint256 unitSeed, uint32 first, uint32 count) external {
        UnitId unit = _unit(unitSeed);
        address caller = _holderOrAnyone(callerSeed, unit);
        (first, count) = _range(STORE.keptOf(unit), first, count % 24);
        bool expected = STORE.mayDestroy(caller, unit, first, count);
        _call(caller, expected, abi.encodeCall(IUnits.destroy, (unit, first, count, EVIDENCE)));
        if (expected) _end(unit, first, count, UnitsStore.End.Destroyed);
    }

    function setOperator(uint256 accountSeed, uint256 operatorSeed, bool approved) external {
        address account = _party(accountSeed);
        address operator = _party(operatorSeed);
        _call(account, true, abi.encodeCall(IUnits.setOperator, (operator, approved)));
        STORE.setOperator(account, operator, approved);
    }

    /// @dev Not every time: else there would always be one open. Sometimes of a single item, which stops no unit.
    function openRecall(uint256 callerSeed, uint256 lotSeed, uint256 scopeSeed) external {
        if (callerSeed % 4 != 0) return;
        address caller = _party(callerSeed / 4);
        LotId lot = _lots[lotSeed % _lots.length];
        bool ofModel = scopeSeed % 3 == 0;
        bool ofItem = scopeSeed % 3 == 1;
        bool expected = STORE.mayRecall(caller, lot, ofModel);
        _callRoom(address(CUSTODY), caller, expected, _recalling(lot, ofModel, ofItem));
        if (!expected || ofItem) return;
        STORE.addRecall(caller, lot, ofModel);
        _recallIds.push(CUSTODY.lastRecallId());
    }

    function closeRecall(uint256 callerSeed, uint256 numberSeed) external {
        uint256 count = STORE.recallCount();
        if (count == 0) return;
        address caller = _party(callerSeed);
        uint256 number = numberSeed % count;
        bool expected = STORE.mayClose(caller, number);
        bytes memory data = abi.encodeCall(ICustody.closeRecall, (_recallIds[number], EVIDENCE));
        _callRoom(address(CUSTODY), caller, expected, data);
        if (expected) STORE.closeRecall(number);
    }

    /// @dev One is reinstated more often than suspended.
    function suspendOrReinstate(uint256 accountSeed, uint256 seed) external {
        address account = _party(accountSeed);
        if (!STORE.isEnrolled(account)) return;
        bool suspended = !STORE.isSuspended(account);
        if (suspended && seed % 3 != 0) return;
        ADMINISTRATION.setSuspended(account, suspended);
        STORE.setSuspended(account, suspended);
    }

    /// @dev Seldom: little can be done to a struck lot.
    function strikeLot(uint256 seed, uint256 lotSeed) external {
        address regulator = STORE.REGULATOR();
        LotId lot = _lots[lotSeed % _lots.length];
        if (seed % 16 != 0 || STORE.isStruck(lot) || !STORE.isActive(regulator)) return;
        vm.prank(regulator);
        CATALOG.strikeLot(lot, EVIDENCE);
        STORE.setStruck(lot);
    }

    /// @dev Seldom past the expiry, since nothing moves freely from then on.
    function passTime(uint256 seed, uint256 duration) external {
        bool far = seed % 8 == 0 && block.timestamp <= STORE.EXPIRES_AT();
        skip(bound(duration, 1, far ? 500 days : 1 days));
    }

    function _ship(address caller, UnitId unit, address to) private {
        bool expected = STORE.mayShip(caller, unit, to);
        _call(caller, expected, abi.encodeCall(IUnits.ship, (unit, to, EVIDENCE)));
        if (expected) STORE.setAddressee(unit, to);
    }

    /// @param mistake 1 to 3 when the caller signs for other contents
    function _receive(address caller, UnitId unit, uint256 mistake) private {
        UnitsStore.Kept memory kept = STORE.keptOf(unit);
        uint32 packs = uint32(STORE.packsIn(unit));
        bool expected = STORE.mayAnswer(caller, unit) && (mistake == 0 || mistake > 3);
        if (mistake == 1) ++kept.first;
        if (mistake == 2) ++kept.count;
        if (mistake == 3) ++packs;
        bytes memory data = abi.encodeCall(IUnits.receiveUnit, (unit, kept.first, kept.count, packs, EVIDENCE));
        _call(caller, expected, data);
        if (expected) STORE.receiveUnit(unit);
    }

    function _end(UnitId unit, uint32 first, uint32 count, UnitsStore.End how) private {
        for (uint32 i = first; i < first + count; ++i) {
            if (STORE.endOf(unit.lot(), i) == UnitsStore.End.None) STORE.end(unit, i, how);
        }
    }

    /// @dev Most of the time within the unit, sometimes just outside.
    function _range(UnitsStore.Kept memory kept, uint32 seed, uint32 count) private pure returns (uint32, uint32) {
        uint256 low = kept.first == 0 ? 0 : kept.first - 1;
        return (uint32(bound(seed, low, uint256(kept.first) + kept.count)), count);
    }

    /// @dev No living unit has the id, but for those that go.
    function _isFree(UnitId unit, UnitId going, UnitId alsoGoing) private view returns (bool) {
        return unit == going || unit == alsoGoing || !STORE.exists(unit);
    }

    function _recalling(LotId lot, bool ofModel, bool ofItem) private view returns (bytes memory) {
        Content memory notice = Content(EVIDENCE, CODEC_RAW);
        ICustody.RecallClass class = ICustody.RecallClass.II;
        ModelId model = CATALOG.lotOf(lot).model;
        if (ofModel) return abi.encodeCall(ICustody.recallModel, (model, class, notice));
        if (ofItem) {
            return abi.encodeCall(ICustody.recallItem, (lot.item(bytes16(keccak256("a serial"))), class, notice));
        }
        return abi.encodeCall(ICustody.recallLot, (lot, class, notice));
    }

    function _call(address caller, bool expected, bytes memory data) private {
        _callRoom(address(UNITS), caller, expected, data);
    }

    function _callRoom(address room, address caller, bool expected, bytes memory data) private {
        vm.prank(caller);
        (bool succeeded,) = room.call(data);
        assertEq(succeeded, expected, "allowed exactly when the store says so");
    }

    function _holderOrAnyone(uint256 seed, UnitId unit) private view returns (address) {
        return _orAnyone(seed, STORE.keptOf(unit).holder);
    }

    /// @dev Chance alone would seldom find the one who may.
    function _orAnyone(uint256 seed, address likely) private view returns (address) {
        return seed % 4 == 0 || likely == address(0) ? _party(seed / 4) : likely;
    }

    function _party(uint256 seed) private view returns (address) {
        return _parties[seed % _parties.length];
    }

    function _label(uint256 seed) private pure returns (bytes32) {
        return keccak256(abi.encode("label", seed % LABELS));
    }

    /// @dev A unit that is or was; mostly one that is.
    function _unit(uint256 seed) private view returns (UnitId unit) {
        uint256 count = STORE.madeCount();
        for (uint256 i = 0; i < count; ++i) {
            unit = STORE.everMade(addmod(seed, i, count));
            if (seed % 8 == 0 || STORE.exists(unit)) return unit;
        }
    }

    /// @dev One that is under way, if any is.
    function _underWay(uint256 seed) private view returns (UnitId unit) {
        uint256 count = STORE.madeCount();
        for (uint256 i = 0; i < count; ++i) {
            unit = STORE.everMade(addmod(seed, i, count));
            if (seed % 8 != 0 && STORE.isUnderWay(unit)) return unit;
        }
        return _unit(seed);
    }

    /// @dev One that is stopped, if any is.
    function _stopped(uint256 seed) private view returns (UnitId unit) {
        uint256 count = STORE.madeCount();
        for (uint256 i = 0; i < count; ++i) {
            unit = STORE.everMade(addmod(seed, i, count));
            if (seed % 8 != 0 && STORE.isStopped(unit)) return unit;
        }
        return _unit(seed);
    }
}
