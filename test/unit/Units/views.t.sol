// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IUnits} from "../../../contracts/interfaces/IUnits.sol";
import {LotId, UnitId} from "../../../contracts/types/Ids.sol";
import {UnitsTest} from "./UnitsTest.sol";

contract UnitsViewsTest is UnitsTest {
    function testFuzz_StateOf_IsWhatDispensingAnswers(uint8 seed, uint32 a, uint32 b, bool otherHolder) external {
        _bringToHospital();
        UnitId tail = _split(hospital, unit, 500, _label(0));
        _dispense(unit, _one(3));
        _destroy(hospital, unit, 100, 200);
        uint256 which = bound(seed, 0, 4);
        if (which == 1) _ship(hospital, unit, chemist);
        if (which == 2) _stop(regulator, unit, IUnits.Stop.Quarantine);
        if (which == 3) _stop(regulator, unit, IUnits.Stop.Lost);
        if (which == 4) _handOver(tail, hospital, chemist);
        address holder = otherHolder ? chemist : hospital;
        uint32[] memory indices = new uint32[](2);
        (indices[0], indices[1]) = (uint32(bound(a, 0, COUNT)), uint32(bound(b, 0, COUNT)));

        (IUnits.PackState state, uint32 index) = units.stateOf(holder, unit, indices);

        bool twice = indices[0] == indices[1];
        if (state == IUnits.PackState.Inside) {
            assertEq(index, 0, "none to be named");
            if (twice) indices = _one(indices[0]);
            vm.prank(holder);
            units.dispense(holder, unit, indices, EVIDENCE);
            return;
        }
        bool ofThePack = state == IUnits.PackState.NotInUnit || state == IUnits.PackState.Gone;
        uint32 named = ofThePack ? index : indices[0];
        if (!ofThePack) assertEq(index, 0, "the unit's first");
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NotDispensable.selector, unit, named, state));
        vm.prank(holder);
        units.dispense(holder, unit, indices, EVIDENCE);
    }

    function test_StateOf_InTheOrderOfTheReasons() external {
        _bringToHospital();
        _dispense(unit, _one(3));
        _assertState(hospital, 4, IUnits.PackState.Inside);
        _assertState(hospital, 3, IUnits.PackState.Gone);
        _assertState(hospital, COUNT, IUnits.PackState.NotInUnit);
        _stop(maker, unit, IUnits.Stop.Stolen);
        _assertState(hospital, 3, IUnits.PackState.Lost);
        _stop(maker, unit, IUnits.Stop.Quarantine);
        _assertState(hospital, 3, IUnits.PackState.Quarantined);
        _ship(hospital, unit, wholesaler);
        _assertState(hospital, 3, IUnits.PackState.UnderWay);
        _assertState(wholesaler, 3, IUnits.PackState.NotHeld);
        _assertState(address(0), 3, IUnits.PackState.NotHeld);
    }

    function test_StateOf_NamesTheFirstThatCannot() external {
        _bringToHospital();
        _dispense(unit, _one(3));
        uint32[] memory indices = new uint32[](3);
        (indices[0], indices[1], indices[2]) = (2, COUNT, 3);
        (IUnits.PackState state, uint32 index) = units.stateOf(hospital, unit, indices);
        assertTrue(state == IUnits.PackState.NotInUnit);
        assertEq(index, COUNT);
        (indices[0], indices[1], indices[2]) = (2, 3, COUNT);
        (state, index) = units.stateOf(hospital, unit, indices);
        assertTrue(state == IUnits.PackState.Gone);
        assertEq(index, 3);
    }

    function test_OfALabelThatNamesNoUnit() external {
        _assertNone(unit);
        assertEq(units.packsIn(unit), 0, "packs");
        _assertStanding(unit, ICustody.Standing.Movable);
        _assertState(maker, 0, IUnits.PackState.NotHeld);
        UnitId ofNoLot = LotId.wrap(0).unitPacked(maker, LABEL);
        _assertStanding(ofNoLot, ICustody.Standing.NotRegistered);
    }

    /// @dev The first in the order of Standing.
    function test_IsMovable_GivenSeveralReasons() external {
        _bringToHospital();
        _stop(maker, unit, IUnits.Stop.Lost);
        _assertStanding(unit, ICustody.Standing.Lost);
        _stop(maker, unit, IUnits.Stop.Quarantine);
        _assertStanding(unit, ICustody.Standing.Quarantined);
        vm.warp(expiresAt);
        _assertStanding(unit, ICustody.Standing.Quarantined);
        vm.warp(uint256(expiresAt) + 1);
        _assertStanding(unit, ICustody.Standing.Expired);
        uint64 ofLot = _recallLot(maker);
        uint64 ofModel = _recallModel(regulator);
        _assertStanding(unit, ICustody.Standing.Recalled);
        vm.prank(regulator);
        custody.closeRecall(ofModel, EVIDENCE);
        _assertStanding(unit, ICustody.Standing.Recalled);
        vm.prank(maker);
        custody.closeRecall(ofLot, EVIDENCE);
        _assertStanding(unit, ICustody.Standing.Expired);
        _strikeLot();
        _assertStanding(unit, ICustody.Standing.NotRegistered);
    }

    function test_SeveralVerbsInOneCall() external {
        _commission();
        UnitId part = lot.unitPacked(maker, _label(0));
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IUnits.split, (unit, 10, _label(0), EVIDENCE));
        calls[1] = abi.encodeCall(IUnits.ship, (part, wholesaler, EVIDENCE));
        vm.prank(maker);
        units.multicall(calls);
        _assertPossession(part, maker, wholesaler, address(0));

        // All or nothing, and each in the name of the caller.
        calls[0] = abi.encodeCall(IUnits.receiveUnit, (part, COUNT - 10, 10, 10, EVIDENCE));
        calls[1] = abi.encodeCall(IUnits.ship, (unit, wholesaler, EVIDENCE));
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NotHolder.selector, unit, wholesaler));
        vm.prank(wholesaler);
        units.multicall(calls);
        _assertPossession(part, maker, wholesaler, address(0));
    }

    function _assertState(address holder, uint32 index, IUnits.PackState expected) private view {
        (IUnits.PackState state,) = units.stateOf(holder, unit, _one(index));
        assertEq(uint8(state), uint8(expected), "state");
    }
}
