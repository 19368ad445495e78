// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../../contracts/interfaces/ICatalog.sol";
import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IUnits} from "../../../contracts/interfaces/IUnits.sol";
import {UnitId} from "../../../contracts/types/Ids.sol";
import {REGULATOR} from "../../../contracts/types/Role.sol";
import {UnitsTest} from "./UnitsTest.sol";

/// @notice What somebody might try who wants packs that are not there, or wants others not to have theirs.
contract UnitsAttacksTest is UnitsTest {
    /// @dev Nobody takes a label before another, whatever it is: the packer is in the id.
    function testFuzz_ALabelCannotBeTaken(bytes32 label) external {
        vm.assume(label != LABEL);
        _commission();
        UnitId part = _split(maker, unit, 10, _label(0));
        vm.assume(label != _label(0));
        _handOver(part, maker, rival);
        UnitId taken = _split(rival, part, 5, label);
        UnitId made = _split(maker, unit, 5, label);
        assertFalse(taken == made, "one each");
        _assertUnit(taken, rival, COUNT - 5, 5);
        _assertUnit(made, maker, COUNT - 15, 5);
    }

    /// @dev One label on units of two lots, as a mixed case has it: two units.
    function test_ALabelOnUnitsOfTwoLots() external {
        _commission();
        UnitId other = _commissionUnits(_registerLot("another"));
        assertFalse(unit == other, "two ids");
        _handOver(unit, maker, wholesaler);
        _assertUnit(other, maker, 0, COUNT);
        _assertTally(wholesaler, COUNT, 0, 0, 0);
        assertEq(units.tallyOf(wholesaler, other.lot()).received, 0, "the other lot");
    }

    /// @dev The counts of the largest lot there can be.
    function test_TheLargestLot() external {
        uint32 count = type(uint32).max;
        vm.prank(maker);
        lot = catalog.registerLot(
            ICatalog.NewLot(model, "large", keccak256("root"), count, madeAt, expiresAt, _document("lot"))
        );
        unit = _commissionUnits(lot);
        UnitId last = _split(maker, unit, 1, _label(0));
        _assertUnit(last, maker, count - 1, 1);
        unit = _pack(maker, _two(unit, last), LABEL);
        _assertUnit(unit, maker, 0, count);
        UnitId[] memory parts = _unpack(maker, unit, _counts(count - 300, 300), _labels(2));
        assertEq(_destroy(maker, parts[1], count - 2, 2), 2, "the last two");
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NothingThere.selector, parts[1], count, 1));
        _destroy(maker, parts[1], count, 1);
        _dispense(parts[1], _one(count - 300));
        _handOver(parts[1], maker, wholesaler);
        _handOver(parts[0], maker, wholesaler);
        _assertTally(wholesaler, uint64(count) - 3, 0, 0, 0);
        _assertTally(maker, count, uint64(count) - 3, 1, 2);
    }

    /// @dev To and fro adds up on both sides and makes no pack more.
    function testFuzz_ToAndFro(uint8 times) external {
        _commission();
        uint64 rounds = uint64(bound(times, 1, 20));
        for (uint256 i = 0; i < rounds; ++i) {
            _handOver(unit, maker, wholesaler);
            _handOver(unit, wholesaler, maker);
        }
        _assertTally(maker, COUNT * (rounds + 1), COUNT * rounds, 0, 0);
        _assertTally(wholesaler, COUNT * rounds, COUNT * rounds, 0, 0);
        assertEq(units.packsIn(unit), COUNT);
    }

    /// @dev Nothing comes to an account that did not sign for it, and what was not received is still its sender's.
    function test_NothingIsDumpedOnAnyone() external {
        _commission();
        _ship(maker, unit, hospital);
        address[4] memory callers = [maker, regulator, wholesaler, operator];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NotAddressee.selector, unit, callers[i]));
            vm.prank(callers[i]);
            units.receiveUnit(unit, 0, COUNT, COUNT, EVIDENCE);
        }
        _assertTally(hospital, 0, 0, 0, 0);
        assertEq(units.unitOf(unit).holder, maker);
    }

    /// @dev A stop is neither shed nor spread by dividing and joining, and what is stopped is not sold out of another unit.
    function test_AStopIsNotShed() external {
        _bringToHospital();
        UnitId part = _split(hospital, unit, 100, _label(0));
        _stop(regulator, part, IUnits.Stop.Quarantine);
        bytes memory refusal = abi.encodeWithSelector(IUnits.Units_Stopped.selector, part);
        vm.expectRevert(refusal);
        _pack(hospital, _two(unit, part), _label(1));
        vm.expectRevert(refusal);
        _unpack(hospital, part, _counts(50, 50), _labels(2));
        vm.expectRevert(refusal);
        _split(hospital, part, 50, _label(1));
        vm.expectRevert(
            abi.encodeWithSelector(IUnits.Units_NotDispensable.selector, unit, COUNT - 1, IUnits.PackState.NotInUnit)
        );
        vm.prank(hospital);
        units.dispense(hospital, unit, _one(COUNT - 1), EVIDENCE);
        // Nor by going back and coming again.
        _handOver(part, hospital, wholesaler);
        _handOver(part, wholesaler, hospital);
        _assertStanding(part, ICustody.Standing.Quarantined);
    }

    /// @dev Many who stop a unit can keep nobody from stopping it.
    function test_ManyStops() external {
        _commission();
        uint256 many = 60;
        for (uint256 i = 0; i < many; ++i) {
            address setter = vm.addr(i + 1);
            _schedulePowerful(setter, REGULATOR);
        }
        skip(DELAY);
        for (uint256 i = 0; i < many; ++i) {
            address setter = vm.addr(i + 1);
            _executePowerful(setter, REGULATOR);
            _stop(setter, unit, IUnits.Stop.Quarantine);
            _stop(setter, unit, IUnits.Stop.Lost);
            _stop(setter, unit, IUnits.Stop.Stolen);
        }
        _stop(maker, unit, IUnits.Stop.Lost);
        assertEq(units.unitOf(unit).quarantines, many, "quarantines");
        assertEq(units.unitOf(unit).losses, 2 * many + 1, "losses");
    }

    /// @dev What a maker allows this room to say in custody is said for its own lots alone, and by itself or its operator here.
    function test_TheRoomSaysNothingForOthers() external {
        vm.prank(maker);
        custody.setOperator(address(units), true);
        address[3] memory callers = [rival, wholesaler, stranger];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NotManufacturer.selector, lot, callers[i]));
            vm.prank(callers[i]);
            units.commission(lot, LABEL, EVIDENCE);
        }
        assertFalse(custody.isHeldInUnits(lot));
    }

    /// @dev A lot of units has no items in custody, so that no pack is in two places.
    function test_NoItemBesideItsUnit() external {
        Medicine memory medicine = _registerMedicine(model, "proven", 1);
        _commissionUnits(medicine.id);
        bytes32[] memory proof = new bytes32[](0);
        vm.expectRevert(abi.encodeWithSelector(ICustody.Custody_HeldInUnits.selector, medicine.id));
        vm.prank(maker);
        custody.commission(medicine.id.item(medicine.halves[0]), 0, address(0), proof, EVIDENCE);
    }

    /// @dev A suspended account cannot make anyone hold its goods, but can give them back, in parts as well.
    function test_ASuspendedHolderGivesBackInParts() external {
        _bringToHospital();
        _suspend(hospital);
        UnitId part = _split(hospital, unit, 1, _label(0));
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NotActive.selector, hospital));
        _ship(hospital, part, chemist);
        _handOver(part, hospital, wholesaler);
        _handOver(unit, hospital, maker);
        _assertTally(hospital, COUNT, COUNT, 0, 0);
    }
}
