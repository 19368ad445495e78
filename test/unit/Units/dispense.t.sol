// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IUnits} from "../../../contracts/interfaces/IUnits.sol";
import {LotId, UnitId} from "../../../contracts/types/Ids.sol";
import {UnitsTest} from "./UnitsTest.sol";

contract DispenseTest is UnitsTest {
    function setUp() public override {
        super.setUp();
        _bringToHospital();
        _setOperator(hospital, true);
    }

    function testFuzz_Dispense(uint32 first, uint8 some, bool byOperator, bytes32 evidence) external {
        some = uint8(bound(some, 1, 20));
        uint32[] memory indices = new uint32[](some);
        first = uint32(bound(first, 0, COUNT - some));
        for (uint32 i = 0; i < some; ++i) {
            // Downwards: their order does not matter.
            indices[i] = first + some - 1 - i;
        }
        address by = byOperator ? operator : hospital;

        vm.expectEmit(address(units));
        emit IUnits.PacksDispensed(unit, hospital, by, indices, evidence);
        vm.prank(by);
        units.dispense(hospital, unit, indices, evidence);

        for (uint32 i = 0; i < COUNT; ++i) {
            assertEq(units.isGone(lot, i), i >= first && i < first + some, "gone");
        }
        assertFalse(units.isDestroyed(lot, first), "destroyed");
        assertTrue(units.unitOf(unit).opened, "opened");
        _assertUnit(unit, hospital, 0, COUNT);
        assertEq(units.packsIn(unit), COUNT - some, "left");
        _assertTally(hospital, COUNT, 0, some, 0);
    }

    function test_Dispense_Twice() external {
        _dispense(unit, _one(0));
        _dispense(unit, _one(COUNT - 1));
        assertEq(units.packsIn(unit), COUNT - 2, "left");
        _assertTally(hospital, COUNT, 0, 2, 0);
    }

    /// @dev One bit of one lot: another lot has its own.
    function test_Dispense_LeavesOtherLotsAlone() external {
        LotId other = _registerLot("another");
        UnitId otherUnit = _commissionUnits(other);
        _dispense(unit, _one(7));
        assertFalse(units.isGone(other, 7), "gone");
        _dispense(otherUnit, _one(7));
        assertEq(units.tallyOf(maker, other).dispensed, 1, "dispensed");
        assertEq(units.tallyOf(maker, lot).dispensed, 0, "dispensed");
    }

    function testFuzz_Dispense_GivenTheLotIsStopped(uint8 seed) external {
        uint256 last = uint256(ICustody.Standing.Expired);
        _bringInto(ICustody.Standing(bound(seed, uint256(ICustody.Standing.NotRegistered), last)));
        _dispense(unit, _one(0));
        assertTrue(units.isGone(lot, 0));
    }

    function test_Dispense_ByOperatorGivenHolderIsNotActive() external {
        _suspend(hospital);
        _dispenseAs(operator, hospital, unit, _one(0));
        assertTrue(units.isGone(lot, 0));
    }

    function test_RevertGiven_CallerIsNotTheHolder() external {
        address[4] memory callers = [maker, wholesaler, regulator, stranger];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NotHolder.selector, unit, callers[i]));
            _dispenseAs(callers[i], hospital, unit, _one(0));
        }
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NotHolder.selector, unit, stranger));
        _dispenseAs(stranger, address(0), unit, _one(0));
    }

    function test_RevertGiven_HolderIsNotActive() external {
        _suspend(hospital);
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NotActive.selector, hospital));
        _dispenseAs(hospital, hospital, unit, _one(0));
    }

    function test_RevertWhen_NoIndexIsNamed() external {
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NothingThere.selector, unit, 0, 0));
        _dispenseAs(hospital, hospital, unit, new uint32[](0));
    }

    function test_RevertGiven_AnotherHoldsTheUnit() external {
        _expectNotDispensable(wholesaler, wholesaler, _one(3), 3, IUnits.PackState.NotHeld);
        // An operator of two accounts does not take packs of the one for the other.
        _setOperator(wholesaler, true);
        _expectNotDispensable(operator, wholesaler, _one(3), 3, IUnits.PackState.NotHeld);
        unit = lot.unitPacked(hospital, _label(0));
        _expectNotDispensable(hospital, hospital, _one(3), 3, IUnits.PackState.NotHeld);
    }

    function test_RevertGiven_UnitIsUnderWay() external {
        _ship(hospital, unit, chemist);
        _expectNotDispensable(hospital, hospital, _one(3), 3, IUnits.PackState.UnderWay);
        _expectNotDispensable(chemist, chemist, _one(3), 3, IUnits.PackState.NotHeld);
    }

    function testFuzz_RevertGiven_UnitIsStopped(uint8 seed, bool byOperator) external {
        IUnits.Stop why = IUnits.Stop(bound(seed, 0, 2));
        _stop(regulator, unit, why);
        IUnits.PackState state = why == IUnits.Stop.Quarantine ? IUnits.PackState.Quarantined : IUnits.PackState.Lost;
        _expectNotDispensable(byOperator ? operator : hospital, hospital, _one(3), 3, state);
    }

    function testFuzz_RevertWhen_AnIndexIsNotInTheUnit(uint32 index) external {
        UnitId part = _split(hospital, unit, 400, _label(0));
        UnitId middle = _split(hospital, unit, 300, _label(1));
        (unit, index) = (middle, uint32(bound(index, 0, type(uint32).max)));
        vm.assume(index < 300 || index >= 600);
        uint32[] memory indices = new uint32[](2);
        (indices[0], indices[1]) = (300, index);
        _expectNotDispensable(hospital, hospital, indices, index, IUnits.PackState.NotInUnit);
        assertFalse(units.isGone(lot, 300), "all or none");
        // The ends of the range.
        _expectNotDispensable(hospital, hospital, _one(299), 299, IUnits.PackState.NotInUnit);
        _expectNotDispensable(hospital, hospital, _one(600), 600, IUnits.PackState.NotInUnit);
        (indices[0], indices[1]) = (300, 599);
        _dispense(middle, indices);
        _dispense(part, _one(600));
    }

    function test_RevertGiven_APackIsGone() external {
        _dispense(unit, _one(5));
        _destroy(hospital, unit, 10, 1);
        _expectNotDispensable(hospital, hospital, _one(5), 5, IUnits.PackState.Gone);
        _expectNotDispensable(operator, hospital, _one(10), 10, IUnits.PackState.Gone);
        // For ever: whoever holds it, in whatever unit.
        UnitId part = _split(hospital, unit, COUNT - 1, _label(0));
        unit = _pack(hospital, _two(unit, part), _label(1));
        _handOver(unit, hospital, chemist);
        _expectNotDispensable(chemist, chemist, _one(5), 5, IUnits.PackState.Gone);
    }

    function test_RevertWhen_AnIndexIsNamedTwice() external {
        uint32[] memory indices = new uint32[](3);
        (indices[0], indices[1], indices[2]) = (5, 6, 5);
        _expectNotDispensable(hospital, hospital, indices, 5, IUnits.PackState.Gone);
        assertFalse(units.isGone(lot, 6), "none");
        _assertTally(hospital, COUNT, 0, 0, 0);
    }

    function _expectNotDispensable(
        address caller,
        address holder,
        uint32[] memory indices,
        uint32 index,
        IUnits.PackState state
    ) private {
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NotDispensable.selector, unit, index, state));
        _dispenseAs(caller, holder, unit, indices);
    }

    function _dispenseAs(address by, address holder, UnitId from, uint32[] memory indices) private {
        vm.prank(by);
        units.dispense(holder, from, indices, EVIDENCE);
    }
}
