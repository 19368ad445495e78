// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {LotId, UnitId} from "../types/Ids.sol";
import {ICustody} from "./ICustody.sol";

/// @title Units: who holds this case or pallet, and what is left in it?
/// @notice Possession of lots by ranges. A unit is a range of the leaf indices of one lot, whose document lists the serials in packing
/// order. A lot begins as one unit at its maker; packing, unpacking and splitting only divide or join ranges of one holder, so every pack is in exactly
/// one unit, and counts are conserved by construction. A mixed case is several units under one label. A pack that is dispensed or destroyed
/// leaves its range as a hole, for ever. Every verb carries `evidence`, the digest of the event document (EPCIS) kept off chain. An operator that
/// an account approved may do for it what it may do as holder, addressee, maker or setter. What stops lots and single packs stands in `Custody`.
interface IUnits {
    /// @notice A unit; two slots.
    /// @param holder who holds it; zero for none
    /// @param first its first leaf index
    /// @param count how many indices, holes included
    /// @param opened whether packs may have left it: then only counting says how many are in it
    /// @param underWay whether it was shipped and not yet received
    /// @param quarantines quarantines in force
    /// @param losses losses reported and not lifted
    /// @param addressee who is to receive it; zero when it is not under way
    /// @param cameFromTag first 11 bytes of keccak256(abi.encode(account that the holder had it from)); zero at its maker
    struct Unit {
        // slot 1
        address holder;
        uint32 first;
        uint32 count;
        bool opened;
        bool underWay;
        uint8 quarantines;
        uint8 losses;
        // slot 2
        address addressee;
        bytes11 cameFromTag;
    }

    /// @notice What an account had of a lot, in packs; one slot. In its hands are received − sent − dispensed − destroyed.
    /// @param received made by it, or received from others
    /// @param sent received by others from it
    /// @param dispensed handed over to those whom it is for
    /// @param destroyed destroyed
    struct Tally {
        uint64 received;
        uint64 sent;
        uint64 dispensed;
        uint64 destroyed;
    }

    /// @notice Why a unit is stopped by somebody.
    enum Stop {
        Quarantine,
        Lost,
        Stolen
    }

    /// @notice Whether packs can be taken out of a unit, or the first reason why not.
    enum PackState {
        Inside,
        NotHeld,
        UnderWay,
        Quarantined,
        Lost,
        NotInUnit,
        Gone
    }

    event UnitCommissioned(UnitId indexed unit, address indexed holder, uint32 count, bytes32 evidence);
    event UnitShipped(UnitId indexed unit, address indexed from, address indexed to, bytes32 evidence);
    /// @param packs how many were in it
    event UnitReceived(UnitId indexed unit, address indexed from, address indexed to, uint256 packs, bytes32 evidence);
    event UnitRejected(UnitId indexed unit, address indexed from, address indexed to, bytes32 evidence);
    /// @notice The holder called a shipment back before it was received.
    event UnitShipmentCancelled(UnitId indexed unit, address indexed from, address indexed to, bytes32 evidence);
    /// @notice Adjoining units were joined; the parts are no more.
    event UnitsPacked(
        UnitId indexed unit, address indexed holder, UnitId[] parts, uint32 first, uint32 count, bytes32 evidence
    );
    /// @notice A unit was divided into parts, in order; it is no more, unless one of them has its label.
    event UnitUnpacked(UnitId indexed unit, address indexed holder, UnitId[] parts, uint32[] counts, bytes32 evidence);
    /// @notice The last `count` indices of the unit, from `first` on, are a unit of their own.
    event UnitSplit(
        UnitId indexed unit, address indexed holder, UnitId indexed part, uint32 first, uint32 count, bytes32 evidence
    );
    event UnitStopped(UnitId indexed unit, address indexed by, Stop indexed stop, bytes32 evidence);
    event UnitFreed(UnitId indexed unit, address indexed setBy, Stop indexed stop, address by, bytes32 evidence);
    /// @param by the holder, or its operator: a sale is one of `Pharmacy`
    event PacksDispensed(UnitId indexed unit, address indexed holder, address by, uint32[] indices, bytes32 evidence);
    /// @notice What was left in the indices from `first` on was destroyed.
    event PacksDestroyed(
        UnitId indexed unit, address indexed holder, uint32 first, uint32 count, uint256 packs, bytes32 evidence
    );
    event OperatorSet(address indexed account, address indexed operator, bool approved);

    /// @notice The account is not an active participant.
    error Units_NotActive(address account);
    /// @notice The account is neither the party itself nor its approved operator.
    error Units_NotHolder(UnitId unit, address account);
    error Units_NotAddressee(UnitId unit, address account);
    error Units_NotManufacturer(LotId lot, address account);
    /// @notice The account is neither holder, nor maker, nor regulator.
    error Units_NotEntitled(UnitId unit, address account);
    error Units_NoUnit(UnitId unit);
    /// @notice The label names a unit of this lot and holder already.
    error Units_UnitExists(UnitId unit);
    error Units_AlreadyCommissioned(LotId lot);
    /// @notice The unit is under way to `addressee`, or it is not under way.
    error Units_UnderWay(UnitId unit, address addressee);
    error Units_NotUnderWay(UnitId unit);
    /// @notice What is under way is not what the addressee expects: it has `packs` packs in the `count` indices from `first` on.
    error Units_OtherContents(UnitId unit, uint32 first, uint32 count, uint256 packs);
    /// @notice The holder cannot ship to itself, and nobody to the zero address.
    error Units_BadAddressee(UnitId unit, address addressee);
    /// @notice The unit may only go back to its maker or to whom the holder had it from.
    error Units_Immovable(UnitId unit, ICustody.Standing standing);
    /// @notice A unit under quarantine or reported lost is neither packed, unpacked nor split.
    error Units_Stopped(UnitId unit);
    /// @notice Only adjoining units are joined, in the order of their indices: of one lot and holder, from one source.
    error Units_NotAdjoining(UnitId unit, UnitId next);
    /// @notice Parts have at least one index each and together as many as the unit, and a label each.
    error Units_BadParts(UnitId unit, uint256 total);
    error Units_AlreadyStopped(UnitId unit, address by, Stop stop);
    error Units_NotStopped(UnitId unit, address by, Stop stop);
    /// @notice The caller did not set it and is no regulator.
    error Units_NotSetter(UnitId unit, address setBy, address account);
    /// @notice The pack at this index cannot be taken out.
    error Units_NotDispensable(UnitId unit, uint32 index, PackState state);
    /// @notice The indices are not all in the unit, or nothing is left in them.
    error Units_NothingThere(UnitId unit, uint32 first, uint32 count);

    /// @notice The lot begins its life as one unit at its maker; once. Caller: the lot's manufacturer (active), or its operator. The lot is held in
    /// units in `Custody`, or the manufacturer approved this room there to say so.
    function commission(LotId lot, bytes32 label, bytes32 evidence) external returns (UnitId);

    /// @notice Joins adjoining units of one holder into one with this label. Caller: their holder, or its operator.
    function pack(UnitId[] calldata parts, bytes32 label, bytes32 evidence) external returns (UnitId);

    /// @notice Divides a unit into parts of `counts` indices, in order. Caller: its holder, or the holder's operator.
    function unpack(UnitId unit, uint32[] calldata counts, bytes32[] calldata labels, bytes32 evidence)
        external
        returns (UnitId[] memory);

    /// @notice Takes the last `count` indices off a unit, into one with this label. Caller: its holder, or the holder's operator.
    function split(UnitId unit, uint32 count, bytes32 label, bytes32 evidence) external returns (UnitId);

    /// @notice Sends the unit on its way to `to`, an active participant. Caller: its holder, or the holder's operator.
    /// A holder that is not active, and a unit that is not movable, can only go back: to the maker or to whom the holder had it from. A recall or
    /// quarantine of one pack does not stop the unit that it lies in.
    function ship(UnitId unit, address to, bytes32 evidence) external;

    /// @notice Takes over what was shipped, if it is what the caller says: `packs` packs in the `count` indices from `first` on ({unitOf}, {packsIn}).
    /// Caller: the addressee, active or not, or its operator.
    function receiveUnit(UnitId unit, uint32 first, uint32 count, uint32 packs, bytes32 evidence) external;

    /// @notice Refuses what was shipped; the sender holds it still. Caller: the addressee, active or not, or its operator.
    function reject(UnitId unit, bytes32 evidence) external;

    /// @notice Calls a shipment back before it was received. Caller: the holder, or its operator.
    function cancelShipment(UnitId unit, bytes32 evidence) external;

    /// @notice Puts the unit under the caller's quarantine, or reports it lost or stolen. Caller: holder (active or not) or its operator, maker, regulator.
    /// A single pack is taken out as a unit of its own before.
    function stop(UnitId unit, Stop why, bytes32 evidence) external;

    /// @notice Lifts what `setBy` set. Caller: `setBy` (active) or its operator, or a regulator.
    function free(UnitId unit, Stop why, address setBy, bytes32 evidence) external;

    /// @notice Hands packs over to those whom they are for; each leaves the unit once and for ever. Caller: the operator of `holder`, or `holder`
    /// itself (active). Whoever dispenses answers for which packs stand at these indices, and whether they may be used: `Pharmacy` asks both.
    function dispense(address holder, UnitId unit, uint32[] calldata indices, bytes32 evidence) external;

    /// @notice Destroys what is left of `count` indices of the unit from `first` on. Caller: its holder (active), or the holder's operator.
    function destroy(UnitId unit, uint32 first, uint32 count, bytes32 evidence) external returns (uint256 packs);

    /// @notice Allows `operator` to act for the caller in every verb of this room, or no longer.
    function setOperator(address operator, bool approved) external;
    function isOperator(address account, address operator) external view returns (bool);

    function unitOf(UnitId unit) external view returns (Unit memory);
    /// @notice How many packs are in the unit: its indices without the holes.
    function packsIn(UnitId unit) external view returns (uint256);
    /// @notice Whether the unit may move, with the reason when not. A label that names no unit has the standing of the lot.
    function isMovable(UnitId unit) external view returns (bool movable, ICustody.Standing standing);
    /// @notice Whether the packs at these indices can be taken out of the unit of `holder`; if not, the state of the first that cannot.
    function stateOf(address holder, UnitId unit, uint32[] calldata indices)
        external
        view
        returns (PackState state, uint32 index);
    function tallyOf(address account, LotId lot) external view returns (Tally memory);
    function isCommissioned(LotId lot) external view returns (bool);
    /// @notice Whether the pack at this index was dispensed or destroyed.
    function isGone(LotId lot, uint32 index) external view returns (bool);
    /// @notice Whether the pack at this index was destroyed out of a unit.
    function isDestroyed(LotId lot, uint32 index) external view returns (bool);
    function isStoppedBy(UnitId unit, Stop why, address account) external view returns (bool);
}
