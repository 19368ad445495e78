// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IUnits} from "../../../contracts/interfaces/IUnits.sol";
import {UnitId} from "../../../contracts/types/Ids.sol";
import {UnitsTest} from "./UnitsTest.sol";

contract DestroyTest is UnitsTest {
    function setUp() public override {
        super.setUp();
        _bringToHospital();
        _setOperator(hospital, true);
    }

    function testFuzz_Destroy(uint32 first, uint32 count, bool byOperator, bytes32 evidence) external {
        first = uint32(bound(first, 0, COUNT - 1));
        count = uint32(bound(count, 1, COUNT - first));

        vm.expectEmit(address(units));
        emit IUnits.PacksDestroyed(unit, hospital, first, count, count, evidence);
        vm.prank(byOperator ? operator : hospital);
        assertEq(units.destroy(unit, first, count, evidence), count, "packs");

        for (uint32 i = 0; i < COUNT; i += 7) {
            bool destroyed = i >= first && i - first < count;
            assertEq(units.isGone(lot, i), destroyed, "gone");
            assertEq(units.isDestroyed(lot, i), destroyed, "destroyed");
        }
        _assertUnit(unit, hospital, 0, COUNT);
        assertTrue(units.unitOf(unit).opened, "opened");
        assertEq(units.packsIn(unit), COUNT - count, "left");
        _assertTally(hospital, COUNT, 0, 0, count);
    }

    function testFuzz_Destroy_GivenSomeAreGone(uint32 first, uint32 count, uint32 dispensed) external {
        first = uint32(bound(first, 0, COUNT - 2));
        count = uint32(bound(count, 2, COUNT - first));
        dispensed = uint32(bound(dispensed, first, first + count - 1));
        _dispense(unit, _one(dispensed));
        assertEq(_destroy(hospital, unit, first, count), count - 1, "packs");
        assertTrue(units.isGone(lot, dispensed), "gone");
        assertFalse(units.isDestroyed(lot, dispensed), "what was dispensed was not destroyed");
        _assertTally(hospital, COUNT, 0, 1, count - 1);
        // Overlapping: the others only.
        if (first != 0) assertEq(_destroy(hospital, unit, 0, first + count), first, "before them");
    }

    function testFuzz_Destroy_GivenImmovable(uint8 seed) external {
        _bringInto(_boundImmovable(seed));
        assertEq(_destroy(hospital, unit, 0, COUNT), COUNT, "packs");
        assertEq(units.packsIn(unit), 0, "left");
    }

    function test_RevertGiven_ThereIsNoSuchUnit() external {
        UnitId other = lot.unitPacked(hospital, _label(0));
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NoUnit.selector, other));
        _destroy(hospital, other, 0, 1);
    }

    function test_RevertGiven_CallerIsNotTheHolder() external {
        address[4] memory callers = [maker, wholesaler, regulator, stranger];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NotHolder.selector, unit, callers[i]));
            _destroy(callers[i], unit, 0, 1);
        }
    }

    function test_RevertGiven_UnitIsUnderWay() external {
        _ship(hospital, unit, chemist);
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_UnderWay.selector, unit, chemist));
        _destroy(hospital, unit, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NotHolder.selector, unit, chemist));
        _destroy(chemist, unit, 0, 1);
    }

    function testFuzz_RevertGiven_HolderIsNotActive(bool byOperator) external {
        _suspend(hospital);
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NotActive.selector, hospital));
        _destroy(byOperator ? operator : hospital, unit, 0, 1);
    }

    function testFuzz_RevertWhen_IndicesAreNotAllInTheUnit(uint32 first, uint32 count) external {
        UnitId tail = _split(hospital, unit, 400, _label(0));
        UnitId middle = _split(hospital, unit, 300, _label(1));
        vm.assume(count == 0 || first < 300 || uint256(first) + count > 600);
        _expectNothingThere(middle, first, count);
        _expectNothingThere(middle, 299, 2);
        _expectNothingThere(middle, 599, 2);
        _expectNothingThere(middle, 300, type(uint32).max);
        _expectNothingThere(middle, 300, 0);
        // What the others have is untouched.
        assertEq(_destroy(hospital, middle, 300, 300), 300, "packs");
        assertEq(units.packsIn(tail) + units.packsIn(unit), 700, "left");
    }

    function test_RevertGiven_AllAreGone() external {
        _destroy(hospital, unit, 10, 5);
        _dispense(unit, _one(15));
        _expectNothingThere(unit, 10, 6);
        _expectNothingThere(unit, 12, 1);
        assertEq(_destroy(hospital, unit, 9, 8), 2, "the rest");
    }

    function _expectNothingThere(UnitId from, uint32 first, uint32 count) private {
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NothingThere.selector, from, first, count));
        _destroy(hospital, from, first, count);
    }
}
