// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Pharmacy} from "../../contracts/Pharmacy.sol";
import {ICustody} from "../../contracts/interfaces/ICustody.sol";
import {IPharmacy} from "../../contracts/interfaces/IPharmacy.sol";
import {IUnits} from "../../contracts/interfaces/IUnits.sol";
import {CODEC_RAW, Content} from "../../contracts/types/Content.sol";
import {LotId, ModelId, UnitId} from "../../contracts/types/Ids.sol";
import {PharmacyStore} from "./PharmacyStore.sol";
import {Test} from "forge-std/Test.sol";

/// @title The test that made the handler, as whoever has the lots' documents
interface IDocuments {
    /// @notice Packs of a lot in a unit, with their proof; nothing else of the sale is filled in.
    function packs(uint256 lot, UnitId unit, uint32 first, uint32 count) external view returns (IPharmacy.Sale memory);
}

/// @title Packs are moved, divided, sold, destroyed and brought back
/// @notice Every call is made, allowed or not, and must succeed exactly when the store says so. Nothing here reverts.
contract PharmacyHandler is Test {
    bytes32 private constant EVIDENCE = keccak256("an EPCIS event");
    uint256 private constant FIRST_KEY = 1_000_000;
    uint256 private constant MOST_PRESCRIPTIONS = 12;

    /// @param holders the maker, then the pharmacies; each pharmacy employs the pharmacist
    struct Cast {
        address[] holders;
        address pharmacist;
        address practitioner;
        address regulator;
    }

    Pharmacy private immutable PHARMACY;
    IUnits private immutable UNITS;
    ICustody private immutable CUSTODY;
    PharmacyStore private immutable STORE;
    IDocuments private immutable DOCUMENTS;
    uint32 private immutable PACKS;

    Cast private _cast;
    ModelId[] private _models;
    LotId[] private _lots;
    UnitId[] private _units;
    IPharmacy.Prescription[] private _prescriptions;
    mapping(uint256 lot => uint64 recallId) private _recalls;

    constructor(
        Pharmacy pharmacy,
        PharmacyStore store,
        Cast memory cast_,
        ModelId[] memory models,
        UnitId[] memory units,
        uint32 count
    ) {
        PHARMACY = pharmacy;
        UNITS = pharmacy.UNITS();
        CUSTODY = pharmacy.CUSTODY();
        STORE = store;
        DOCUMENTS = IDocuments(msg.sender);
        PACKS = count;
        _cast = cast_;
        for (uint256 i = 0; i < units.length; ++i) {
            _models.push(models[i]);
            _units.push(units[i]);
            _lots.push(units[i].lot());
        }
    }

    function prescribe(uint256 lotSeed, uint32 quantity, uint16 repeats, uint32 interval, uint40 length) public {
        uint256 number = _prescriptions.length;
        if (number == MOST_PRESCRIPTIONS) return;
        uint256 lot = lotSeed % _lots.length;
        // Safe: the time of day.
        // forge-lint: disable-next-line(unsafe-typecast)
        uint40 time = uint40(block.timestamp);
        IPharmacy.Prescription memory prescription = IPharmacy.Prescription({
            practitioner: _cast.practitioner,
            patient: vm.addr(FIRST_KEY + number),
            model: _models[lot],
            quantity: uint32(bound(quantity, 1, 4)),
            repeats: uint16(bound(repeats, 0, 2)),
            interval: uint32(bound(interval, 1, 20 days)),
            validFrom: length % 4 == 0 ? time + 2 days : time,
            validUntil: time + 2 days + uint40(length % 100 days)
        });
        _call(_cast.practitioner, address(PHARMACY), true, abi.encodeCall(IPharmacy.prescribe, (prescription)));
        _prescriptions.push(prescription);
        STORE.addTerms(
            PharmacyStore.Terms(
                lot,
                prescription.quantity,
                prescription.repeats,
                prescription.interval,
                prescription.validFrom,
                prescription.validUntil
            )
        );
    }

    /// @dev Seldom, and of any.
    function cancel(uint256 seed) external {
        if (_prescriptions.length == 0 || !_isOneIn(8, seed)) return;
        uint256 number = seed % _prescriptions.length;
        bytes memory data = abi.encodeCall(IPharmacy.cancel, (_prescriptions[number]));
        _call(_cast.practitioner, address(PHARMACY), !STORE.isCancelled(number), data);
        STORE.cancel(number);
    }

    /// @dev Any packs of any unit, at any pharmacy, on any prescription.
    function sell(uint256 unitSeed, uint256 atSeed, uint32 first, uint32 count, uint256 prescriptionSeed) external {
        if (_prescriptions.length == 0) return;
        uint256 unit = unitSeed % _units.length;
        count = uint32(bound(count, 1, 4));
        first = uint32(bound(first, 0, PACKS - count));
        _sell(unit, _cast.holders[1 + atSeed % 2], first, count, prescriptionSeed % _prescriptions.length);
    }

    /// @dev The rest of a fill, or the next one, sometimes when it is due: chance alone would seldom come so far.
    function collect(uint256 prescriptionSeed, uint256 unitSeed, uint32 count, bool waits) external {
        if (_prescriptions.length == 0) return;
        uint256 number = prescriptionSeed % _prescriptions.length;
        PharmacyStore.Terms memory terms = STORE.termsOf(number);
        PharmacyStore.Filled memory filled = STORE.filledOf(number);
        uint256 left = filled.fills == 0 ? terms.quantity : terms.quantity - filled.sold;
        uint256 due = filled.startedAt + terms.interval;
        if (left == 0 && waits && due > block.timestamp) vm.warp(due);
        if (left == 0) left = terms.quantity;
        count = uint32(bound(count, 1, left));
        for (uint256 i = 0; i < _units.length; ++i) {
            if (_sellOutOf((unitSeed % _units.length + i) % _units.length, terms.lot, count, number)) return;
        }
    }

    /// @dev The first packs of the unit that lie together, if it is of this lot and at a pharmacy.
    function _sellOutOf(uint256 unit, uint256 lot, uint32 count, uint256 number) private returns (bool tried) {
        PharmacyStore.Range memory range = STORE.rangeOf(unit);
        if (range.lot != lot || range.holder == STORE.MAKER()) return false;
        for (uint256 first = range.first; first < range.first + range.count; ++first) {
            if (!STORE.areInside(unit, first, count)) continue;
            // Safe: an index of a lot.
            // forge-lint: disable-next-line(unsafe-typecast)
            _sell(unit, range.holder, uint32(first), count, number);
            return true;
        }
    }

    function dispenseOtherwise(uint256 unitSeed, uint32 index) external {
        uint256 unit = unitSeed % _units.length;
        uint32[] memory indices = new uint32[](1);
        indices[0] = uint32(bound(index, 0, PACKS - 1));
        address holder = STORE.rangeOf(unit).holder;
        bool expected = STORE.areInside(unit, indices[0], 1);
        bytes memory data = abi.encodeCall(IUnits.dispense, (holder, _units[unit], indices, EVIDENCE));
        _call(holder, address(UNITS), expected, data);
        if (expected) STORE.sell(unit, indices[0], 1);
    }

    function move(uint256 unitSeed, uint256 toSeed) public {
        uint256 unit = unitSeed % _units.length;
        // Seldom back to the maker, who sells to no patient.
        address to = _cast.holders[_isOneIn(8, toSeed) ? 0 : 1 + toSeed % 2];
        address holder = STORE.rangeOf(unit).holder;
        bool expected = STORE.mayMove(unit, to);
        _call(holder, address(UNITS), expected, abi.encodeCall(IUnits.ship, (_units[unit], to, EVIDENCE)));
        if (!expected) return;
        IUnits.Unit memory kept = UNITS.unitOf(_units[unit]);
        uint32 packs = uint32(UNITS.packsIn(_units[unit]));
        bytes memory receiving =
            abi.encodeCall(IUnits.receiveUnit, (_units[unit], kept.first, kept.count, packs, EVIDENCE));
        _call(to, address(UNITS), true, receiving);
        STORE.move(unit, to);
    }

    function split(uint256 unitSeed, uint32 count) external {
        uint256 unit = unitSeed % _units.length;
        PharmacyStore.Range memory range = STORE.rangeOf(unit);
        count = uint32(bound(count, 0, PACKS));
        bool expected = count != 0 && count < range.count;
        bytes32 label = keccak256(abi.encode("label", _units.length));
        bytes memory data = abi.encodeCall(IUnits.split, (_units[unit], count, label, EVIDENCE));
        _call(range.holder, address(UNITS), expected, data);
        if (!expected) return;
        _units.push(_lots[range.lot].unitPacked(range.holder, label));
        STORE.split(unit, count);
    }

    function destroy(uint256 unitSeed, uint32 first, uint32 count) external {
        uint256 unit = unitSeed % _units.length;
        count = uint32(bound(count, 1, 2));
        first = uint32(bound(first, 0, PACKS - 1));
        bool expected = STORE.isAnyInside(unit, first, count);
        bytes memory data = abi.encodeCall(IUnits.destroy, (_units[unit], first, count, EVIDENCE));
        _call(STORE.rangeOf(unit).holder, address(UNITS), expected, data);
        if (expected) STORE.destroy(unit, first, count);
    }

    /// @dev At any pharmacy, whichever sold it.
    function destroyReturned(uint256 lotSeed, uint32 index, uint256 atSeed) external {
        uint256 lot = lotSeed % _lots.length;
        index = uint32(bound(index, 0, PACKS - 1));
        IPharmacy.Sale memory sale = DOCUMENTS.packs(lot, _units[lot], index, 1);
        bool expected = STORE.mayReturn(lot, index);
        bytes memory data =
            abi.encodeCall(IPharmacy.destroyReturned, (_lots[lot], sale.proven.packs[0], sale.proven.proof, EVIDENCE));
        _call(_cast.holders[1 + atSeed % 2], address(PHARMACY), expected, data);
        if (expected) STORE.destroyReturned(lot, index);
    }

    /// @dev Not every time, and closed more often than opened: else nothing would be sold.
    function recallOrClose(uint256 seed) external {
        uint256 lot = seed % _lots.length;
        bool open = STORE.isRecalled(lot);
        if (!open && !_isOneIn(6, seed)) return;
        vm.prank(_cast.regulator);
        if (open) CUSTODY.closeRecall(_recalls[lot], EVIDENCE);
        else _recalls[lot] = CUSTODY.recallLot(_lots[lot], ICustody.RecallClass.II, Content(EVIDENCE, CODEC_RAW));
        STORE.setRecalled(lot, !open);
    }

    /// @dev Seldom past the expiry, since nothing is sold from then on.
    function passTime(uint256 seed, uint256 duration) external {
        bool far = _isOneIn(64, seed) && block.timestamp <= STORE.EXPIRES_AT();
        skip(bound(duration, 1, far ? 400 days : 5 days));
    }

    /// @notice The prescription of this number.
    function prescriptionOf(uint256 number) external view returns (IPharmacy.Prescription memory) {
        return _prescriptions[number];
    }

    /// @notice The unit of this number.
    function unitOf(uint256 number) external view returns (UnitId) {
        return _units[number];
    }

    function _sell(uint256 unit, address where, uint32 first, uint32 count, uint256 number) private {
        PharmacyStore.Range memory range = STORE.rangeOf(unit);
        IPharmacy.Sale memory sale = DOCUMENTS.packs(range.lot, _units[unit], first, count);
        (sale.pharmacy, sale.prescription, sale.evidence) = (where, _prescriptions[number], EVIDENCE);
        bytes32 id = PHARMACY.idOf(sale.prescription);
        bytes32 digest =
            PHARMACY.collectionDigest(id, where, PHARMACY.packsOf(sale), STORE.collectionsOf(number).length);
        (sale.r, sale.vs) = vm.signCompact(FIRST_KEY + number, digest);
        bool expected = range.holder == where && STORE.areInside(unit, first, count) && STORE.isUsable(range.lot)
            && STORE.mayCollect(number, range.lot, count);
        IPharmacy.Answer memory answer = PHARMACY.check(_cast.pharmacist, sale);
        assertEq(answer.outcome == IPharmacy.Outcome.Deliver, expected, "deliver exactly when the store says so");
        _call(_cast.pharmacist, address(PHARMACY), expected, abi.encodeCall(IPharmacy.sell, (sale)));
        if (!expected) return;
        STORE.sell(unit, first, count);
        STORE.collect(number, count);
    }

    /// @dev The fuzzer likes zero and other round numbers; their hashes are as rare as they should be.
    function _isOneIn(uint256 many, uint256 seed) private pure returns (bool) {
        return uint256(keccak256(abi.encode(seed))) % many == 0;
    }

    function _call(address caller, address target, bool expected, bytes memory data) private {
        vm.prank(caller);
        (bool succeeded,) = target.call(data);
        assertEq(succeeded, expected, "allowed exactly when the store says so");
    }
}
