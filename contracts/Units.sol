// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "./interfaces/ICatalog.sol";
import {ICustody} from "./interfaces/ICustody.sol";
import {IParticipants} from "./interfaces/IParticipants.sol";
import {IUnits} from "./interfaces/IUnits.sol";
import {Expiry} from "./libraries/Expiry.sol";
import {IndexSet} from "./libraries/IndexSet.sol";
import {LotId, UnitId} from "./types/Ids.sol";
import {MANUFACTURER, REGULATOR} from "./types/Role.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

/// @title Units
/// @notice Who holds a case or a pallet, and what is left in it.
///
/// What has to be trusted, and what need not be:
///
/// *Counting.* A lot has one unit when it begins, of all its indices. Nothing makes a unit but dividing and joining, and these
/// leave the indices of a holder as they were: so every index is in exactly one unit, and nobody can have more than came to it. What is
/// dispensed or destroyed leaves a hole that nothing fills. That a box holds what its indices say is the word of whoever packed it.
///
/// *Possession and moving.* As in `Custody`, whose rules hold here for ranges: two signatures for every move; what may not move goes back only,
/// to its maker or to where it came from. A holder can call a unit back, divide it and ship another range under the same label; so whoever receives
/// signs for the range and the count, and can be made to take over nothing else. The recall or quarantine of a single pack stops that pack where it is dispensed, not the pallet.
///
/// *Labels.* A unit's id is made here from lot, packer and label, so nobody can take a label before another. The label is a salted commitment to the SSCC.
///
/// *Dispensing.* A holder, or an operator that it approved, says that a pack was handed over. A pharmacy approves `Pharmacy`, which asks for prescription and proofs;
/// one that dispenses by another way shows it: the event names who did it.
///
/// *Administration.* Nobody can take a unit from its holder; suspending a participant leaves its units where they are.
contract Units is IUnits, Multicall {
    using IndexSet for IndexSet.Set;

    /// @notice Who is active, and in which roles.
    IParticipants public immutable PARTICIPANTS;
    /// @notice Which lots count, and who made them.
    ICatalog public immutable CATALOG;
    /// @notice What stops lots and single packs.
    ICustody public immutable CUSTODY;

    mapping(UnitId unit => Unit kept) private _units;
    mapping(LotId lot => IndexSet.Set indices) private _gone;
    mapping(LotId lot => IndexSet.Set indices) private _destroyed;
    mapping(address account => mapping(LotId lot => Tally packs)) private _tallies;
    mapping(UnitId unit => mapping(address setBy => mapping(Stop why => bool set))) private _stops;

    /// @inheritdoc IUnits
    mapping(LotId lot => bool commissioned) public isCommissioned;
    /// @inheritdoc IUnits
    mapping(address account => mapping(address operator => bool approved)) public isOperator;

    constructor(IParticipants participants, ICatalog catalog, ICustody custody) {
        PARTICIPANTS = participants;
        CATALOG = catalog;
        CUSTODY = custody;
    }

    /// @inheritdoc IUnits
    function commission(LotId lot, bytes32 label, bytes32 evidence) external returns (UnitId unit) {
        address manufacturer = CATALOG.manufacturerOf(lot);
        // A lot that does not count has no manufacturer, and nobody acts for the zero address.
        if (!_actsFor(manufacturer)) revert Units_NotManufacturer(lot, msg.sender);
        if (!PARTICIPANTS.isActiveAs(manufacturer, MANUFACTURER)) revert Units_NotActive(manufacturer);
        if (isCommissioned[lot]) revert Units_AlreadyCommissioned(lot);
        unit = lot.unitPacked(manufacturer, label);
        (ICustody.Standing standing,) = _standingOf(unit, _units[unit]);
        if (standing != ICustody.Standing.Movable) revert Units_Immovable(unit, standing);
        if (!CUSTODY.isHeldInUnits(lot)) CUSTODY.holdInUnits(lot);

        uint32 count = CATALOG.lotOf(lot).count;
        isCommissioned[lot] = true;
        Unit memory made;
        (made.holder, made.count) = (manufacturer, count);
        _units[unit] = made;
        _tallies[manufacturer][lot].received = count;

        emit UnitCommissioned(unit, manufacturer, count, evidence);
    }

    /// @inheritdoc IUnits
    function pack(UnitId[] calldata parts, bytes32 label, bytes32 evidence) external returns (UnitId unit) {
        if (parts.length == 0) revert Units_BadParts(unit, 0);
        LotId lot = parts[0].lot();
        Unit memory whole;
        for (uint256 i = 0; i < parts.length; ++i) {
            Unit memory part = _divisible(parts[i]);
            if (i == 0) {
                whole = part;
            } else {
                bool adjoins = parts[i].lot() == lot && part.holder == whole.holder
                    && part.first == uint256(whole.first) + whole.count && part.cameFromTag == whole.cameFromTag;
                if (!adjoins) revert Units_NotAdjoining(parts[i - 1], parts[i]);
                whole.count += part.count;
                whole.opened = whole.opened || part.opened;
            }
            delete _units[parts[i]];
        }
        unit = _make(lot, whole, label);

        emit UnitsPacked(unit, whole.holder, parts, whole.first, whole.count, evidence);
    }

    /// @inheritdoc IUnits
    function unpack(UnitId unit, uint32[] calldata counts, bytes32[] calldata labels, bytes32 evidence)
        external
        returns (UnitId[] memory parts)
    {
        Unit memory part = _divisible(unit);
        uint256 total = 0;
        for (uint256 i = 0; i < counts.length; ++i) {
            if (counts[i] == 0) revert Units_BadParts(unit, 0);
            total += counts[i];
        }
        if (total != part.count || labels.length != counts.length) revert Units_BadParts(unit, total);

        // First, so that a part may keep its label.
        delete _units[unit];
        parts = new UnitId[](counts.length);
        for (uint256 i = 0; i < counts.length; ++i) {
            part.count = counts[i];
            parts[i] = _make(unit.lot(), part, labels[i]);
            part.first += part.count;
        }

        emit UnitUnpacked(unit, part.holder, parts, counts, evidence);
    }

    /// @inheritdoc IUnits
    function split(UnitId unit, uint32 count, bytes32 label, bytes32 evidence) external returns (UnitId made) {
        Unit memory part = _divisible(unit);
        if (count == 0 || count >= part.count) revert Units_BadParts(unit, count);

        uint32 rest = part.count - count;
        _units[unit].count = rest;
        part.first += rest;
        part.count = count;
        made = _make(unit.lot(), part, label);

        emit UnitSplit(unit, part.holder, made, part.first, count, evidence);
    }

    /// @inheritdoc IUnits
    function ship(UnitId unit, address to, bytes32 evidence) external {
        Unit storage kept = _units[unit];
        address holder = _partyHolding(unit, kept);
        if (kept.underWay) revert Units_UnderWay(unit, kept.addressee);
        if (to == address(0) || to == holder) revert Units_BadAddressee(unit, to);
        _checkWay(unit, kept, holder, to);

        kept.underWay = true;
        kept.addressee = to;

        emit UnitShipped(unit, holder, to, evidence);
    }

    /// @inheritdoc IUnits
    function receiveUnit(UnitId unit, uint32 first, uint32 count, uint32 packs, bytes32 evidence) external {
        Unit storage kept = _units[unit];
        (address holder, address addressee) = _partyAwaiting(unit, kept);
        // No check of participants or standing: both were checked at shipping, and what has arrived has arrived.
        uint256 found = _packsIn(unit, kept);
        if (kept.first != first || kept.count != count || found != packs) {
            revert Units_OtherContents(unit, kept.first, kept.count, found);
        }

        kept.holder = addressee;
        kept.underWay = false;
        kept.cameFromTag = _tagOf(holder);
        LotId lot = unit.lot();
        // 2^64 packs take more moves than there will be.
        _tallies[holder][lot].sent += packs;
        _tallies[addressee][lot].received += packs;

        emit UnitReceived(unit, holder, addressee, packs, evidence);
    }

    /// @inheritdoc IUnits
    function reject(UnitId unit, bytes32 evidence) external {
        Unit storage kept = _units[unit];
        (address holder, address addressee) = _partyAwaiting(unit, kept);
        // No check of participants or standing: the unit stays with the holder that it has.

        kept.underWay = false;

        emit UnitRejected(unit, holder, addressee, evidence);
    }

    /// @inheritdoc IUnits
    function cancelShipment(UnitId unit, bytes32 evidence) external {
        Unit storage kept = _units[unit];
        address holder = _partyHolding(unit, kept);
        if (!kept.underWay) revert Units_NotUnderWay(unit);
        // No check of participants or standing: the unit stays with the holder that it has.

        kept.underWay = false;

        emit UnitShipmentCancelled(unit, holder, kept.addressee, evidence);
    }

    /// @inheritdoc IUnits
    function stop(UnitId unit, Stop why, bytes32 evidence) external {
        Unit storage kept = _units[unit];
        address setBy = _setterFor(unit, kept);
        if (_stops[unit][setBy][why]) revert Units_AlreadyStopped(unit, setBy, why);
        // No check whether it is under way: a warning is never out of place, and things are lost on the way.

        _stops[unit][setBy][why] = true;
        if (why == Stop.Quarantine) ++kept.quarantines;
        else ++kept.losses;

        emit UnitStopped(unit, setBy, why, evidence);
    }

    /// @inheritdoc IUnits
    function free(UnitId unit, Stop why, address setBy, bytes32 evidence) external {
        if (!_stops[unit][setBy][why]) revert Units_NotStopped(unit, setBy, why);
        _checkLifting(unit, setBy);

        _stops[unit][setBy][why] = false;
        if (why == Stop.Quarantine) --_units[unit].quarantines;
        else --_units[unit].losses;

        emit UnitFreed(unit, setBy, why, msg.sender, evidence);
    }

    /// @inheritdoc IUnits
    function dispense(address holder, UnitId unit, uint32[] calldata indices, bytes32 evidence) external {
        if (!_actsFor(holder)) revert Units_NotHolder(unit, msg.sender);
        // An operator looks for itself, as `Pharmacy` does.
        if (msg.sender == holder && !PARTICIPANTS.isActive(holder)) revert Units_NotActive(holder);
        if (indices.length == 0) revert Units_NothingThere(unit, 0, 0);
        Unit storage kept = _units[unit];
        (PackState state, uint256 first, uint256 end, bool opened) = _stateOf(holder, kept);
        if (state != PackState.Inside) revert Units_NotDispensable(unit, indices[0], state);

        LotId lot = unit.lot();
        IndexSet.Set storage gone = _gone[lot];
        for (uint256 i = 0; i < indices.length; ++i) {
            uint32 index = indices[i];
            if (index < first || index >= end) revert Units_NotDispensable(unit, index, PackState.NotInUnit);
            if (!gone.add(index)) revert Units_NotDispensable(unit, index, PackState.Gone);
        }
        if (!opened) kept.opened = true;
        // Safe: no more than the packs of a lot.
        // forge-lint: disable-next-line(unsafe-typecast)
        _tallies[holder][lot].dispensed += uint64(indices.length);

        emit PacksDispensed(unit, holder, msg.sender, indices, evidence);
    }

    /// @inheritdoc IUnits
    function destroy(UnitId unit, uint32 first, uint32 count, bytes32 evidence) external returns (uint256 packs) {
        Unit storage kept = _units[unit];
        address holder = _partyHolding(unit, kept);
        if (kept.underWay) revert Units_UnderWay(unit, kept.addressee);
        if (!PARTICIPANTS.isActive(holder)) revert Units_NotActive(holder);
        // No check of its standing: destroying it is what often becomes of a recalled or expired pack.
        LotId lot = unit.lot();
        bool inside = first >= kept.first && uint256(first) + count <= uint256(kept.first) + kept.count;
        if (inside) packs = _gone[lot].addMissing(_destroyed[lot], first, count);
        if (packs == 0) revert Units_NothingThere(unit, first, count);

        if (!kept.opened) kept.opened = true;
        // Safe: no more than the packs of a lot.
        // forge-lint: disable-next-line(unsafe-typecast)
        _tallies[holder][lot].destroyed += uint64(packs);

        emit PacksDestroyed(unit, holder, first, count, packs, evidence);
    }

    /// @inheritdoc IUnits
    function setOperator(address operator, bool approved) external {
        // No role check: an operator of an account that holds nothing can do nothing.
        isOperator[msg.sender][operator] = approved;

        emit OperatorSet(msg.sender, operator, approved);
    }

    /// @inheritdoc IUnits
    function unitOf(UnitId unit) external view returns (Unit memory known) {
        known = _units[unit];
        if (!known.underWay) known.addressee = address(0);
    }

    /// @inheritdoc IUnits
    function packsIn(UnitId unit) external view returns (uint256) {
        return _packsIn(unit, _units[unit]);
    }

    /// @inheritdoc IUnits
    function isMovable(UnitId unit) external view returns (bool movable, ICustody.Standing standing) {
        (standing,) = _standingOf(unit, _units[unit]);
        movable = standing == ICustody.Standing.Movable;
    }

    /// @inheritdoc IUnits
    function stateOf(address holder, UnitId unit, uint32[] calldata indices) external view returns (PackState, uint32) {
        Unit storage kept = _units[unit];
        (PackState state, uint256 first, uint256 end,) = _stateOf(holder, kept);
        if (state != PackState.Inside) return (state, kept.first);
        IndexSet.Set storage gone = _gone[unit.lot()];
        for (uint256 i = 0; i < indices.length; ++i) {
            uint32 index = indices[i];
            if (index < first || index >= end) return (PackState.NotInUnit, index);
            if (gone.contains(index)) return (PackState.Gone, index);
        }
        return (PackState.Inside, 0);
    }

    /// @inheritdoc IUnits
    function tallyOf(address account, LotId lot) external view returns (Tally memory) {
        return _tallies[account][lot];
    }

    /// @inheritdoc IUnits
    function isGone(LotId lot, uint32 index) external view returns (bool) {
        return _gone[lot].contains(index);
    }

    /// @inheritdoc IUnits
    function isDestroyed(LotId lot, uint32 index) external view returns (bool) {
        return _destroyed[lot].contains(index);
    }

    /// @inheritdoc IUnits
    function isStoppedBy(UnitId unit, Stop why, address account) external view returns (bool) {
        return _stops[unit][account][why];
    }

    /// @dev Keeps `made` as the unit of its holder with this label.
    function _make(LotId lot, Unit memory made, bytes32 label) private returns (UnitId unit) {
        unit = lot.unitPacked(made.holder, label);
        if (_units[unit].holder != address(0)) revert Units_UnitExists(unit);
        made.addressee = address(0);
        _units[unit] = made;
    }

    /// @dev The unit, if the caller may divide or join it now.
    function _divisible(UnitId unit) private view returns (Unit memory) {
        Unit storage kept = _units[unit];
        _partyHolding(unit, kept);
        // No check of participants or standing: nothing moves by it.
        if (kept.underWay) revert Units_UnderWay(unit, kept.addressee);
        if (kept.quarantines != 0 || kept.losses != 0) revert Units_Stopped(unit);
        return kept;
    }

    function _packsIn(UnitId unit, Unit storage kept) private view returns (uint256 packs) {
        packs = kept.count;
        if (kept.opened) packs -= _gone[unit.lot()].countIn(kept.first, packs);
    }

    /// @dev The first reason why the unit may not move, of the lot, then of the unit itself; and who made it (zero for a lot that does not count).
    function _standingOf(UnitId unit, Unit storage kept)
        private
        view
        returns (ICustody.Standing, address manufacturer)
    {
        LotId lot = unit.lot();
        uint32 modelNumber;
        uint40 expiresAt;
        (modelNumber, manufacturer, expiresAt) = CATALOG.standingOf(lot);
        if (manufacturer == address(0)) return (ICustody.Standing.NotRegistered, manufacturer);
        (bool recalled,) = CUSTODY.stopsOf(lot, modelNumber);
        if (recalled) return (ICustody.Standing.Recalled, manufacturer);
        if (Expiry.isPast(expiresAt)) return (ICustody.Standing.Expired, manufacturer);
        if (kept.quarantines != 0) return (ICustody.Standing.Quarantined, manufacturer);
        if (kept.losses != 0) return (ICustody.Standing.Lost, manufacturer);
        return (ICustody.Standing.Movable, manufacturer);
    }

    /// @dev Whether anything can be taken out of the unit of `holder`; its indices, and whether it was opened.
    function _stateOf(address holder, Unit storage kept)
        private
        view
        returns (PackState state, uint256 first, uint256 end, bool opened)
    {
        // All of one slot, read together.
        address heldBy = kept.holder;
        bool underWay = kept.underWay;
        uint256 quarantines = kept.quarantines;
        uint256 losses = kept.losses;
        (first, end, opened) = (kept.first, uint256(kept.first) + kept.count, kept.opened);
        if (heldBy != holder) state = PackState.NotHeld;
        else if (underWay) state = PackState.UnderWay;
        else if (quarantines != 0) state = PackState.Quarantined;
        else if (losses != 0) state = PackState.Lost;
    }

    /// @dev The holder, for whom the caller acts.
    function _partyHolding(UnitId unit, Unit storage kept) private view returns (address holder) {
        holder = kept.holder;
        if (holder == address(0)) revert Units_NoUnit(unit);
        if (!_actsFor(holder)) revert Units_NotHolder(unit, msg.sender);
    }

    /// @dev The holder, and the addressee for whom the caller acts.
    function _partyAwaiting(UnitId unit, Unit storage kept) private view returns (address holder, address addressee) {
        holder = kept.holder;
        addressee = kept.addressee;
        if (!kept.underWay) revert Units_NotUnderWay(unit);
        if (!_actsFor(addressee)) revert Units_NotAddressee(unit, msg.sender);
    }

    /// @dev Any active participant is a fit addressee of a movable unit with an active holder; else only those it can go back to are.
    function _checkWay(UnitId unit, Unit storage kept, address holder, address to) private view {
        (ICustody.Standing standing, address manufacturer) = _standingOf(unit, kept);
        bool bothActive = PARTICIPANTS.areActive(holder, to);
        if (bothActive && standing == ICustody.Standing.Movable) return;
        if (!bothActive && !PARTICIPANTS.isActive(to)) revert Units_NotActive(to);
        if (to == manufacturer || _tagOf(to) == kept.cameFromTag) return;
        if (standing != ICustody.Standing.Movable) revert Units_Immovable(unit, standing);
        revert Units_NotActive(holder);
    }

    /// @dev In whose name the caller may warn of the unit: its own where it can, else that of the holder it is an operator of.
    function _setterFor(UnitId unit, Unit storage kept) private view returns (address) {
        address holder = kept.holder;
        if (holder == address(0)) revert Units_NoUnit(unit);
        // An inactive holder may warn, too: a warning stops the unit, and the holder knows it best.
        if (msg.sender == holder) return msg.sender;
        bool asMaker = msg.sender == CATALOG.manufacturerOf(unit.lot());
        if (PARTICIPANTS.isActiveAs(msg.sender, asMaker ? MANUFACTURER | REGULATOR : REGULATOR)) return msg.sender;
        if (_actsFor(holder)) return holder;
        revert Units_NotEntitled(unit, msg.sender);
    }

    /// @dev Lifting sets a unit free, so unlike warning it takes an active account.
    function _checkLifting(UnitId unit, address setBy) private view {
        bool actsForSetter = _actsFor(setBy);
        if (actsForSetter && PARTICIPANTS.isActive(setBy)) return;
        if (PARTICIPANTS.isActiveAs(msg.sender, REGULATOR)) return;
        if (actsForSetter) revert Units_NotActive(setBy);
        revert Units_NotSetter(unit, setBy, msg.sender);
    }

    /// @dev Nobody acts for the zero address: it can approve no operator.
    function _actsFor(address account) private view returns (bool) {
        return msg.sender == account || isOperator[account][msg.sender];
    }

    function _tagOf(address account) private pure returns (bytes11) {
        return bytes11(keccak256(abi.encode(account)));
    }
}
