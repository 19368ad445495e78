// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMdsProfiles} from "../../../contracts/interfaces/IMdsProfiles.sol";
import {PRACTITIONER} from "../../../contracts/types/Role.sol";
import {MdsProfilesTest} from "./MdsProfilesTest.sol";
import {Vm} from "forge-std/Vm.sol";

contract MdsProfilesUpdateInServiceTest is MdsProfilesTest {
    uint64 private order;

    function setUp() public override {
        super.setUp();
        order = _started(IMdsProfiles.OrderKind.Fault);
    }

    function test_Writes() external {
        IMdsProfiles.Update memory next = _version(monitor, 2);
        vm.expectEmit(address(profiles));
        emit IMdsProfiles.ProfileUpdated(monitor, engineer, _word(next), next.content.digest);
        vm.recordLogs();
        vm.prank(engineer);
        profiles.updateInService(order, next, 0);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 1, "no counter was replaced");
        assertEq(profiles.profileOf(monitor).digest, next.content.digest);
    }

    /// @dev Also one that shows more than the old one did.
    function testFuzz_ReplacesCounters(uint40 hoursRun, uint40 cycles, bytes32 evidence) external {
        vm.assume(evidence != 0);
        IMdsProfiles.Update memory next = _version(monitor, 2);
        (next.hoursRun, next.cycles) = (hoursRun, cycles);
        vm.expectEmit(address(profiles));
        emit IMdsProfiles.ProfileUpdated(monitor, engineer, _word(next), next.content.digest);
        vm.expectEmit(address(profiles));
        emit IMdsProfiles.CountersReplaced(monitor, order, 60, 1, evidence);
        vm.prank(engineer);
        profiles.updateInService(order, next, evidence);
        assertEq(profiles.profileOf(monitor).state.hoursRun(), hoursRun);
        assertEq(profiles.profileOf(monitor).state.cycles(), cycles);
    }

    function test_RevertWhen_ACounterRunsBackwardsWithoutEvidence() external {
        IMdsProfiles.Update memory next = _version(monitor, 2);
        next.hoursRun = 59;
        _expectRefusal(
            engineer, abi.encodeWithSelector(IMdsProfiles.MdsProfiles_CounterBackwards.selector, monitor, 60, 1)
        );
        profiles.updateInService(order, next, 0);
    }

    function test_RevertWhen_TheVersionIsNotTheNext() external {
        vm.prank(hospital);
        profiles.update(_version(monitor, 2));
        _expectRefusal(engineer, abi.encodeWithSelector(IMdsProfiles.MdsProfiles_NotNext.selector, monitor, 2, 3));
        profiles.updateInService(order, _version(monitor, 2), "evidence");
    }

    function test_RevertWhen_ItIsOfAnotherDevice() external {
        _expectRefusal(engineer, abi.encodeWithSelector(IMdsProfiles.MdsProfiles_OtherDevice.selector, order, other));
        profiles.updateInService(order, _version(other, 2), 0);
    }

    function test_RevertGiven_ItIsNotStarted() external {
        _refused(99, _wrongState(99, IMdsProfiles.OrderState.None));
        uint64 another = _assigned(IMdsProfiles.OrderKind.Maintenance);
        _refused(another, _wrongState(another, IMdsProfiles.OrderState.Assigned));
        vm.prank(hospital);
        profiles.cancel(order, _document("not needed"));
        _refused(order, _wrongState(order, IMdsProfiles.OrderState.Cancelled));
    }

    function test_RevertGiven_ItIsAnotherEngineers() external {
        _expectRefusal(second, _notAssigned(order, second));
        profiles.updateInService(order, _version(monitor, 2), 0);
        _expectRefusal(hospital, _notAssigned(order, hospital));
        profiles.updateInService(order, _version(monitor, 2), 0);
    }

    /// @dev It has to be started again, by whoever has it now.
    function test_RevertGiven_ItWasReassigned() external {
        vm.prank(hospital);
        profiles.assign(order, second, uint40(block.timestamp + 1));
        _refused(order, _wrongState(order, IMdsProfiles.OrderState.Assigned));
        vm.prank(second);
        profiles.start(order);
        _refused(order, _notAssigned(order, engineer));
        vm.prank(second);
        profiles.updateInService(order, _version(monitor, 2), 0);
    }

    function test_RevertGiven_ItWasTakenAway() external {
        vm.prank(hospital);
        profiles.assign(order, address(0), 0);
        _refused(order, _wrongState(order, IMdsProfiles.OrderState.Open));
    }

    function test_RevertGiven_ItRanOut() external {
        vm.warp(START + 7 days);
        vm.prank(engineer);
        profiles.updateInService(order, _version(monitor, 2), 0);
        skip(1);
        _refused(order, _notAssigned(order, engineer));
    }

    function test_RevertGiven_TheDeviceWasSold() external {
        _sell(monitor, hospital, clinic);
        _refused(order, _notAssigned(order, engineer));
        vm.prank(clinic);
        profiles.assign(order, engineer, uint40(block.timestamp + 1));
        vm.startPrank(engineer);
        profiles.start(order);
        profiles.updateInService(order, _version(monitor, 2), 0);
        vm.stopPrank();
    }

    function test_RevertGiven_TheEngineerIsNone() external {
        _enrol(engineer, PRACTITIONER);
        _refused(order, _notAssigned(order, engineer));
    }

    function test_RevertGiven_TheEngineerIsSuspended() external {
        _suspend(engineer);
        _refused(order, _notAssigned(order, engineer));
    }

    function _refused(uint64 known, bytes memory refusal) private {
        _expectRefusal(engineer, refusal);
        profiles.updateInService(known, _version(monitor, 2), 0);
    }
}
