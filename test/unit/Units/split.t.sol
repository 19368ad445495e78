// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IUnits} from "../../../contracts/interfaces/IUnits.sol";
import {UnitId} from "../../../contracts/types/Ids.sol";
import {UnitsTest} from "./UnitsTest.sol";

contract SplitTest is UnitsTest {
    function testFuzz_Split(uint32 count, bytes32 label, bool byOperator, bytes32 evidence) external {
        _bringToHospital();
        _setOperator(hospital, true);
        count = uint32(bound(count, 1, COUNT - 1));
        UnitId expected = lot.unitPacked(hospital, label);

        vm.expectEmit(address(units));
        emit IUnits.UnitSplit(unit, hospital, expected, COUNT - count, count, evidence);
        vm.prank(byOperator ? operator : hospital);
        UnitId made = units.split(unit, count, label, evidence);

        assertTrue(made == expected, "id");
        _assertUnit(unit, hospital, 0, COUNT - count);
        _assertPossession(unit, hospital, address(0), wholesaler);
        _assertUnit(made, hospital, COUNT - count, count);
        _assertPossession(made, hospital, address(0), wholesaler);
        assertEq(units.packsIn(unit) + units.packsIn(made), COUNT, "packs");
        _assertTally(hospital, COUNT, 0, 0, 0);
    }

    /// @dev What was shipped and came to nothing leaves no trace in the part.
    function test_Split_GivenAShipmentWasRejected() external {
        _commission();
        _ship(maker, unit, wholesaler);
        _reject(wholesaler, unit);
        UnitId made = _split(maker, unit, 1, _label(0));
        _assertPossession(made, maker, address(0), address(0));
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NotUnderWay.selector, made));
        vm.prank(wholesaler);
        units.receiveUnit(made, COUNT - 1, 1, 1, EVIDENCE);
    }

    function testFuzz_Split_GivenOpened(uint32 index, uint32 count) external {
        _commission();
        index = uint32(bound(index, 0, COUNT - 1));
        count = uint32(bound(count, 1, COUNT - 1));
        _dispense(unit, _one(index));
        UnitId made = _split(maker, unit, count, _label(0));
        bool inPart = index >= COUNT - count;
        assertTrue(units.unitOf(made).opened, "opened");
        assertEq(units.packsIn(made), inPart ? count - 1 : count, "packs of the part");
        assertEq(units.packsIn(unit), inPart ? COUNT - count : COUNT - count - 1, "packs of the rest");
    }

    function testFuzz_Split_GivenImmovable(uint8 seed, bool suspended) external {
        _bringToHospital();
        uint256 last = uint256(ICustody.Standing.Expired);
        _bringInto(ICustody.Standing(bound(seed, uint256(ICustody.Standing.NotRegistered), last)));
        if (suspended) _suspend(hospital);
        _assertUnit(_split(hospital, unit, 1, _label(0)), hospital, COUNT - 1, 1);
    }

    function test_RevertGiven_ThereIsNoSuchUnit() external {
        _expectRevert(maker, 1, abi.encodeWithSelector(IUnits.Units_NoUnit.selector, unit));
    }

    function test_RevertGiven_CallerIsNotTheHolder() external {
        _bringToHospital();
        address[4] memory callers = [maker, wholesaler, regulator, operator];
        for (uint256 i = 0; i < callers.length; ++i) {
            bytes memory refusal = abi.encodeWithSelector(IUnits.Units_NotHolder.selector, unit, callers[i]);
            _expectRevert(callers[i], 1, refusal);
        }
    }

    function test_RevertGiven_UnitIsUnderWay() external {
        _commission();
        _ship(maker, unit, wholesaler);
        _expectRevert(maker, 1, abi.encodeWithSelector(IUnits.Units_UnderWay.selector, unit, wholesaler));
    }

    function testFuzz_RevertGiven_UnitIsStopped(uint8 why) external {
        _commission();
        IUnits.Stop stop = IUnits.Stop(bound(why, 0, 2));
        _stop(maker, unit, stop);
        _expectRevert(maker, 1, abi.encodeWithSelector(IUnits.Units_Stopped.selector, unit));
        // A stop stays with its unit; once lifted, the unit can be split.
        _free(maker, unit, stop, maker);
        _split(maker, unit, 1, _label(0));
    }

    function testFuzz_RevertWhen_NoneOrAllAreTakenOff(uint32 count) external {
        _commission();
        count = uint32(bound(count, COUNT, type(uint32).max));
        _expectRevert(maker, count, abi.encodeWithSelector(IUnits.Units_BadParts.selector, unit, count));
        _expectRevert(maker, 0, abi.encodeWithSelector(IUnits.Units_BadParts.selector, unit, 0));
    }

    function test_RevertWhen_LabelIsInUse() external {
        _commission();
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_UnitExists.selector, unit));
        _split(maker, unit, 1, LABEL);
        UnitId made = _split(maker, unit, 1, _label(0));
        _handOver(made, maker, hospital);
        _expectRevert(maker, 1, abi.encodeWithSelector(IUnits.Units_UnitExists.selector, made));
        _assertUnit(unit, maker, 0, COUNT - 1);
    }

    /// @dev The part has no other way back than the whole.
    function test_Split_GivenRecalledThePartGoesBackOnly() external {
        _bringToHospital();
        _recallLot(maker);
        UnitId made = _split(hospital, unit, 10, _label(0));
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_Immovable.selector, made, ICustody.Standing.Recalled));
        _ship(hospital, made, chemist);
        _handOver(made, hospital, wholesaler);
        _handOver(unit, hospital, maker);
        _assertPossession(made, wholesaler, address(0), hospital);
    }

    function _expectRevert(address caller, uint32 count, bytes memory refusal) private {
        vm.expectRevert(refusal);
        _split(caller, unit, count, _label(0));
    }
}
