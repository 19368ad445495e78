// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IUnits} from "../../../contracts/interfaces/IUnits.sol";
import {UnitId} from "../../../contracts/types/Ids.sol";
import {REGULATOR} from "../../../contracts/types/Role.sol";
import {UnitsTest} from "./UnitsTest.sol";

contract FreeTest is UnitsTest {
    function setUp() public override {
        super.setUp();
        _bringToHospital();
        _setOperator(hospital, true);
        _stop(hospital, unit, IUnits.Stop.Quarantine);
    }

    function testFuzz_Free(uint8 whom, uint8 seed, bool passedOn, bytes32 evidence) external {
        IUnits.Stop why = IUnits.Stop(bound(seed, 0, 2));
        if (why != IUnits.Stop.Quarantine) {
            _stop(hospital, unit, why);
            _free(hospital, unit, IUnits.Stop.Quarantine, hospital);
        }
        if (passedOn) _handOver(unit, hospital, wholesaler);
        address by = [hospital, operator, regulator][bound(whom, 0, 2)];

        vm.expectEmit(address(units));
        emit IUnits.UnitFreed(unit, hospital, why, by, evidence);
        vm.prank(by);
        units.free(unit, why, hospital, evidence);

        assertFalse(units.isStoppedBy(unit, why, hospital), "flag");
        assertEq(units.unitOf(unit).quarantines, 0, "quarantines");
        assertEq(units.unitOf(unit).losses, 0, "losses");
        _assertStanding(unit, ICustody.Standing.Movable);
    }

    function test_Free_GivenOthersSetOneAsWell() external {
        _stop(maker, unit, IUnits.Stop.Quarantine);
        _stop(regulator, unit, IUnits.Stop.Stolen);
        _free(hospital, unit, IUnits.Stop.Quarantine, hospital);
        _assertStanding(unit, ICustody.Standing.Quarantined);
        _free(regulator, unit, IUnits.Stop.Quarantine, maker);
        _assertStanding(unit, ICustody.Standing.Lost);
        _free(regulator, unit, IUnits.Stop.Stolen, regulator);
        _assertStanding(unit, ICustody.Standing.Movable);
    }

    function test_Free_ByAnotherRegulator() external {
        _stop(regulator, unit, IUnits.Stop.Lost);
        _enrolPowerful(stranger, REGULATOR);
        _free(stranger, unit, IUnits.Stop.Lost, regulator);
        assertFalse(units.isStoppedBy(unit, IUnits.Stop.Lost, regulator));
    }

    function test_Free_ByRegulatorGivenSetterIsNotActive() external {
        _suspend(hospital);
        _free(regulator, unit, IUnits.Stop.Quarantine, hospital);
        _assertStanding(unit, ICustody.Standing.Movable);
    }

    function test_Free_ByOperatorThatIsRegulatorGivenSetterIsNotActive() external {
        _suspend(hospital);
        _enrolPowerful(operator, REGULATOR);
        _free(operator, unit, IUnits.Stop.Quarantine, hospital);
        _assertStanding(unit, ICustody.Standing.Movable);
    }

    /// @dev A unit can be divided only while nothing stops it: so a label begins anew without stops, and no lifting can be repeated on it.
    function test_Free_GivenTheLabelIsUsedAgain() external {
        _free(hospital, unit, IUnits.Stop.Quarantine, hospital);
        _handOver(unit, hospital, maker);
        bytes32[] memory labels = _labels(2);
        labels[0] = LABEL;
        _unpack(maker, unit, _counts(1, COUNT - 1), labels);
        _assertUnit(unit, maker, 0, 1);
        assertFalse(units.isStoppedBy(unit, IUnits.Stop.Quarantine, hospital), "flag");
        vm.expectRevert(
            abi.encodeWithSelector(IUnits.Units_NotStopped.selector, unit, hospital, IUnits.Stop.Quarantine)
        );
        _free(regulator, unit, IUnits.Stop.Quarantine, hospital);
        _stop(maker, unit, IUnits.Stop.Quarantine);
        assertEq(units.unitOf(unit).quarantines, 1, "counted from nothing");
    }

    function test_RevertGiven_AccountSetNone() external {
        address[2] memory callers = [maker, regulator];
        for (uint256 i = 0; i < callers.length; ++i) {
            _expectNotStopped(callers[i], IUnits.Stop.Quarantine, maker);
            _expectNotStopped(callers[i], IUnits.Stop.Lost, hospital);
        }
        _free(hospital, unit, IUnits.Stop.Quarantine, hospital);
        _expectNotStopped(hospital, IUnits.Stop.Quarantine, hospital);
    }

    function test_RevertGiven_CallerIsNotTheSetter() external {
        _stop(regulator, unit, IUnits.Stop.Quarantine);
        _expectNotSetter(maker, hospital);
        _expectNotSetter(wholesaler, hospital);
        _expectNotSetter(hospital, regulator);
        _expectNotSetter(operator, regulator);
        _suspend(regulator);
        _expectNotSetter(regulator, hospital);
    }

    /// @dev Whoever gets a stopped unit back cannot lift what another set.
    function test_RevertGiven_TheNextHolderCalls() external {
        _handOver(unit, hospital, wholesaler);
        _expectNotSetter(wholesaler, hospital);
    }

    function test_RevertGiven_SetterIsNotActive() external {
        _suspend(hospital);
        address[2] memory callers = [hospital, operator];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NotActive.selector, hospital));
            _free(callers[i], unit, IUnits.Stop.Quarantine, hospital);
        }
    }

    function test_RevertGiven_TheUnitIsAnothers() external {
        UnitId other = lot.unitPacked(hospital, _label(0));
        vm.expectRevert(
            abi.encodeWithSelector(IUnits.Units_NotStopped.selector, other, hospital, IUnits.Stop.Quarantine)
        );
        _free(hospital, other, IUnits.Stop.Quarantine, hospital);
    }

    function _expectNotSetter(address caller, address setBy) private {
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NotSetter.selector, unit, setBy, caller));
        _free(caller, unit, IUnits.Stop.Quarantine, setBy);
    }

    function _expectNotStopped(address caller, IUnits.Stop why, address setBy) private {
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NotStopped.selector, unit, setBy, why));
        _free(caller, unit, why, setBy);
    }
}
