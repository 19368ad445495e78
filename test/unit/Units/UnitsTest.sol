// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../../contracts/interfaces/ICatalog.sol";
import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IUnits} from "../../../contracts/interfaces/IUnits.sol";
import {LotId, ModelId, UnitId} from "../../../contracts/types/Ids.sol";
import {MedicinesTest} from "../../Medicines.t.sol";

/// @title A registered lot, and short words for what is done with its units
/// @dev No verb of this room asks for a proof, so any root will do.
abstract contract UnitsTest is MedicinesTest {
    /// @dev Four words of the sets of indices, the last of them not full.
    uint32 internal constant COUNT = 1000;

    ModelId internal model;
    LotId internal lot;
    /// @dev The unit that most tests are about: the whole lot.
    UnitId internal unit;

    function setUp() public virtual override {
        super.setUp();
        model = _approveMedicine(DI, ICatalog.Product.Drug);
        lot = _registerLot(LOT_NUMBER);
        unit = lot.unitPacked(maker, LABEL);
    }

    function _registerLot(string memory number) internal returns (LotId) {
        vm.prank(maker);
        return catalog.registerLot(
            ICatalog.NewLot(model, number, keccak256("root"), COUNT, madeAt, expiresAt, _document("lot"))
        );
    }

    function _commission() internal {
        _commissionUnits(lot);
    }

    /// @dev The whole lot by the usual way: maker, wholesaler, hospital.
    function _bringToHospital() internal {
        _commission();
        _handOver(unit, maker, wholesaler);
        _handOver(unit, wholesaler, hospital);
    }

    function _setOperator(address account, bool approved) internal {
        vm.prank(account);
        units.setOperator(operator, approved);
    }

    function _ship(address by, UnitId shipped, address to) internal {
        vm.prank(by);
        units.ship(shipped, to, EVIDENCE);
    }

    function _reject(address by, UnitId rejected) internal {
        vm.prank(by);
        units.reject(rejected, EVIDENCE);
    }

    function _cancel(address by, UnitId shipped) internal {
        vm.prank(by);
        units.cancelShipment(shipped, EVIDENCE);
    }

    function _split(address by, UnitId whole, uint32 count, bytes32 label) internal returns (UnitId) {
        vm.prank(by);
        return units.split(whole, count, label, EVIDENCE);
    }

    function _pack(address by, UnitId[] memory parts, bytes32 label) internal returns (UnitId) {
        vm.prank(by);
        return units.pack(parts, label, EVIDENCE);
    }

    function _unpack(address by, UnitId whole, uint32[] memory counts, bytes32[] memory labels)
        internal
        returns (UnitId[] memory)
    {
        vm.prank(by);
        return units.unpack(whole, counts, labels, EVIDENCE);
    }

    function _stop(address by, UnitId stopped, IUnits.Stop why) internal {
        vm.prank(by);
        units.stop(stopped, why, EVIDENCE);
    }

    function _free(address by, UnitId stopped, IUnits.Stop why, address setBy) internal {
        vm.prank(by);
        units.free(stopped, why, setBy, EVIDENCE);
    }

    /// @dev By its holder.
    function _dispense(UnitId from, uint32[] memory indices) internal {
        address holder = units.unitOf(from).holder;
        vm.prank(holder);
        units.dispense(holder, from, indices, EVIDENCE);
    }

    function _destroy(address by, UnitId from, uint32 first, uint32 count) internal returns (uint256) {
        vm.prank(by);
        return units.destroy(from, first, count, EVIDENCE);
    }

    function _strikeLot() internal {
        vm.prank(regulator);
        catalog.strikeLot(lot, EVIDENCE);
    }

    function _recallLot(address by) internal returns (uint64) {
        vm.prank(by);
        return custody.recallLot(lot, ICustody.RecallClass.II, _document("notice"));
    }

    function _recallModel(address by) internal returns (uint64) {
        vm.prank(by);
        return custody.recallModel(model, ICustody.RecallClass.I, _document("notice"));
    }

    /// @dev Brings the unit into each standing but Movable and Decommissioned, which only items know.
    function _bringInto(ICustody.Standing standing) internal {
        if (standing == ICustody.Standing.NotRegistered) _strikeLot();
        if (standing == ICustody.Standing.Recalled) _recallLot(maker);
        if (standing == ICustody.Standing.Expired) vm.warp(uint256(expiresAt) + 1);
        if (standing == ICustody.Standing.Quarantined) _stop(regulator, unit, IUnits.Stop.Quarantine);
        if (standing == ICustody.Standing.Lost) _stop(maker, unit, IUnits.Stop.Stolen);
        _assertStanding(unit, standing);
    }

    function _boundImmovable(uint8 seed) internal pure returns (ICustody.Standing) {
        uint256 first = uint256(ICustody.Standing.NotRegistered);
        return ICustody.Standing(bound(seed, first, uint256(ICustody.Standing.Lost)));
    }

    function _label(uint256 number) internal pure returns (bytes32) {
        return keccak256(abi.encode("label", number));
    }

    /// @dev Labels 0 to `count` − 1.
    function _labels(uint256 count) internal pure returns (bytes32[] memory labels) {
        labels = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            labels[i] = _label(i);
        }
    }

    function _counts(uint32 a, uint32 b) internal pure returns (uint32[] memory counts) {
        counts = new uint32[](2);
        (counts[0], counts[1]) = (a, b);
    }

    function _one(uint32 index) internal pure returns (uint32[] memory indices) {
        indices = new uint32[](1);
        indices[0] = index;
    }

    function _two(UnitId a, UnitId b) internal pure returns (UnitId[] memory both) {
        both = new UnitId[](2);
        (both[0], both[1]) = (a, b);
    }

    function _assertStanding(UnitId asked, ICustody.Standing expected) internal view {
        (bool movable, ICustody.Standing standing) = units.isMovable(asked);
        assertEq(uint8(standing), uint8(expected), "standing");
        assertEq(movable, expected == ICustody.Standing.Movable, "movable");
    }

    /// @dev The range, and that it is at rest with the holder.
    function _assertUnit(UnitId asked, address holder, uint32 first, uint32 count) internal view {
        IUnits.Unit memory kept = units.unitOf(asked);
        assertEq(kept.holder, holder, "holder");
        assertEq(kept.first, first, "first");
        assertEq(kept.count, count, "count");
        assertFalse(kept.underWay, "under way");
        assertEq(kept.addressee, address(0), "addressee");
    }

    function _assertPossession(UnitId asked, address holder, address addressee, address cameFrom) internal view {
        IUnits.Unit memory kept = units.unitOf(asked);
        assertEq(kept.holder, holder, "holder");
        assertEq(kept.addressee, addressee, "addressee");
        assertEq(kept.underWay, addressee != address(0), "under way");
        bytes11 tag = cameFrom == address(0) ? bytes11(0) : bytes11(keccak256(abi.encode(cameFrom)));
        assertEq(kept.cameFromTag, tag, "came from");
    }

    function _assertNone(UnitId asked) internal view {
        IUnits.Unit memory none;
        assertEq(abi.encode(units.unitOf(asked)), abi.encode(none), "no such unit");
    }

    function _assertTally(address account, uint256 received, uint256 sent, uint256 dispensed, uint256 destroyed)
        internal
        view
    {
        IUnits.Tally memory tally = units.tallyOf(account, lot);
        assertEq(tally.received, received, "received");
        assertEq(tally.sent, sent, "sent");
        assertEq(tally.dispensed, dispensed, "dispensed");
        assertEq(tally.destroyed, destroyed, "destroyed");
    }
}
