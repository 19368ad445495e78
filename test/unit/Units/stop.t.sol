// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IUnits} from "../../../contracts/interfaces/IUnits.sol";
import {UnitId} from "../../../contracts/types/Ids.sol";
import {DISTRIBUTOR, REGULATOR} from "../../../contracts/types/Role.sol";
import {UnitsTest} from "./UnitsTest.sol";

contract StopTest is UnitsTest {
    function testFuzz_Stop_ByHolder(uint8 seed, bool byOperator, bool suspended, bytes32 evidence) external {
        _bringToHospital();
        _setOperator(hospital, true);
        if (suspended) _suspend(hospital);
        IUnits.Stop why = _why(seed);

        vm.expectEmit(address(units));
        emit IUnits.UnitStopped(unit, hospital, why, evidence);
        vm.prank(byOperator ? operator : hospital);
        units.stop(unit, why, evidence);

        _assertStopped(hospital, why);
    }

    function testFuzz_Stop_ByMakerOrRegulator(uint8 seed, bool byRegulator, bool underWay) external {
        _bringToHospital();
        if (underWay) _ship(hospital, unit, chemist);
        IUnits.Stop why = _why(seed);
        address by = byRegulator ? regulator : maker;
        _stop(by, unit, why);
        _assertStopped(by, why);
    }

    function testFuzz_Stop_ByOperatorThatIsMore(bool isMaker) external {
        _bringToHospital();
        address more = isMaker ? maker : regulator;
        vm.prank(hospital);
        units.setOperator(more, true);
        _stop(more, unit, IUnits.Stop.Quarantine);
        assertTrue(units.isStoppedBy(unit, IUnits.Stop.Quarantine, more), "its own");
        assertFalse(units.isStoppedBy(unit, IUnits.Stop.Quarantine, hospital), "not the holder's");
        // Once it is not active any more it is an operator like others.
        _free(regulator, unit, IUnits.Stop.Quarantine, more);
        _suspend(more);
        _stop(more, unit, IUnits.Stop.Quarantine);
        assertTrue(units.isStoppedBy(unit, IUnits.Stop.Quarantine, hospital), "the holder's");
    }

    function test_Stop_GivenSeveralSetOne() external {
        _bringToHospital();
        address[3] memory setters = [hospital, maker, regulator];
        for (uint256 i = 0; i < setters.length; ++i) {
            _stop(setters[i], unit, IUnits.Stop.Quarantine);
            _stop(setters[i], unit, IUnits.Stop.Lost);
            _stop(setters[i], unit, IUnits.Stop.Stolen);
        }
        IUnits.Unit memory kept = units.unitOf(unit);
        assertEq(kept.quarantines, 3, "quarantines");
        assertEq(kept.losses, 6, "losses");
        _assertStanding(unit, ICustody.Standing.Quarantined);
    }

    /// @dev A stop belongs to the unit, not to the lot or to what the holder has besides.
    function test_Stop_LeavesOtherUnitsAlone() external {
        _bringToHospital();
        UnitId part = _split(hospital, unit, 10, _label(0));
        _stop(regulator, part, IUnits.Stop.Quarantine);
        _assertStanding(unit, ICustody.Standing.Movable);
        _assertStanding(part, ICustody.Standing.Quarantined);
        _handOver(unit, hospital, chemist);
    }

    function test_Stop_ByRegulatorGivenLotWasStruck() external {
        _bringToHospital();
        _strikeLot();
        _expectNotEntitled(maker);
        _stop(regulator, unit, IUnits.Stop.Quarantine);
        assertTrue(units.isStoppedBy(unit, IUnits.Stop.Quarantine, regulator));
    }

    function test_RevertGiven_ThereIsNoSuchUnit() external {
        address[2] memory callers = [maker, regulator];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NoUnit.selector, unit));
            _stop(callers[i], unit, IUnits.Stop.Lost);
        }
    }

    function test_RevertGiven_CallerIsNotEntitled() external {
        _bringToHospital();
        _setOperator(maker, true);
        address[5] memory callers = [wholesaler, rival, certifier, stranger, operator];
        for (uint256 i = 0; i < callers.length; ++i) {
            _expectNotEntitled(callers[i]);
        }
        // Not even whom it is under way to: it can reject.
        _ship(hospital, unit, chemist);
        _expectNotEntitled(chemist);
        _suspend(maker);
        _expectNotEntitled(maker);
        _suspend(regulator);
        _expectNotEntitled(regulator);
    }

    function test_RevertGiven_MakerLostTheRole() external {
        _bringToHospital();
        _enrol(maker, DISTRIBUTOR);
        _expectNotEntitled(maker);
    }

    function test_Stop_ByAMakerThatIsARegulatorToo() external {
        _bringToHospital();
        _enrolPowerful(maker, REGULATOR);
        _stop(maker, unit, IUnits.Stop.Lost);
        assertTrue(units.isStoppedBy(unit, IUnits.Stop.Lost, maker));
    }

    function testFuzz_RevertGiven_ItIsSet(uint8 seed) external {
        _bringToHospital();
        _setOperator(hospital, true);
        IUnits.Stop why = _why(seed);
        _stop(operator, unit, why);
        bytes memory refusal = abi.encodeWithSelector(IUnits.Units_AlreadyStopped.selector, unit, hospital, why);
        vm.expectRevert(refusal);
        _stop(hospital, unit, why);
        vm.expectRevert(refusal);
        _stop(operator, unit, why);
    }

    function _expectNotEntitled(address caller) private {
        vm.expectRevert(abi.encodeWithSelector(IUnits.Units_NotEntitled.selector, unit, caller));
        _stop(caller, unit, IUnits.Stop.Quarantine);
    }

    function _assertStopped(address by, IUnits.Stop why) private view {
        for (uint8 i = 0; i <= uint8(type(IUnits.Stop).max); ++i) {
            assertEq(units.isStoppedBy(unit, IUnits.Stop(i), by), IUnits.Stop(i) == why, "flag");
        }
        bool quarantined = why == IUnits.Stop.Quarantine;
        assertEq(units.unitOf(unit).quarantines, quarantined ? 1 : 0, "quarantines");
        assertEq(units.unitOf(unit).losses, quarantined ? 0 : 1, "losses");
        _assertStanding(unit, quarantined ? ICustody.Standing.Quarantined : ICustody.Standing.Lost);
    }

    function _why(uint8 seed) private pure returns (IUnits.Stop) {
        return IUnits.Stop(bound(seed, 0, uint256(type(IUnits.Stop).max)));
    }
}
