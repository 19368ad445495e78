// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMdsProfiles} from "../../../contracts/interfaces/IMdsProfiles.sol";
import {CODEC_DAG_PB, CODEC_RAW, Content} from "../../../contracts/types/Content.sol";
import {MdsProfilesTest} from "./MdsProfilesTest.sol";

contract MdsProfilesCloseTest is MdsProfilesTest {
    function testFuzz_Closes(uint256 outcome, uint40 maintenanceDue, uint40 calibrationDue, bytes32 digest) external {
        vm.assume(digest != 0);
        if (maintenanceDue != 0) maintenanceDue = uint40(bound(maintenanceDue, START + 1, type(uint40).max));
        if (calibrationDue != 0) calibrationDue = uint40(bound(calibrationDue, START + 1, type(uint40).max));
        IMdsProfiles.Outcome result = IMdsProfiles.Outcome(outcome % 3);
        uint64 order = _started(IMdsProfiles.OrderKind.Maintenance);

        vm.expectEmit(address(profiles));
        emit IMdsProfiles.OrderClosed(order, engineer, result, maintenanceDue, calibrationDue, digest, CODEC_DAG_PB);
        vm.prank(engineer);
        profiles.close(order, result, maintenanceDue, calibrationDue, Content(digest, CODEC_DAG_PB));

        _assertState(order, IMdsProfiles.OrderState.Closed);
        _assertService(maintenanceDue == 0 ? 0 : START, maintenanceDue, calibrationDue == 0 ? 0 : START, calibrationDue);
    }

    function test_LeavesWhatWasDue() external {
        _close(START + 10 days, 0);
        _assertService(START, START + 10 days, 0, 0);
        skip(1 days);
        _close(0, START + 20 days);
        _assertService(START, START + 10 days, START + 1 days, START + 20 days);
        skip(1 days);
        _close(0, 0);
        _assertService(START, START + 10 days, START + 1 days, START + 20 days);
        skip(1 days);
        _close(START + 5 days, 0);
        _assertService(START + 3 days, START + 5 days, START + 1 days, START + 20 days);
    }

    function test_IsOverdueFromTheSecondAfter() external {
        assertFalse(profiles.isOverdue(monitor), "nothing is due");
        _close(START + 10 days, START + 20 days);
        vm.warp(START + 10 days);
        assertFalse(profiles.isOverdue(monitor), "due now");
        skip(1);
        assertTrue(profiles.isOverdue(monitor), "maintenance");
        _close(START + 30 days, 0);
        assertFalse(profiles.isOverdue(monitor), "maintained");
        vm.warp(START + 20 days + 1);
        assertTrue(profiles.isOverdue(monitor), "calibration");
        _close(0, START + 30 days);
        assertFalse(profiles.isOverdue(monitor), "calibrated");
    }

    function test_EndsTheReportedFault() external {
        uint64 order = _reported();
        uint64 another = _started(IMdsProfiles.OrderKind.Calibration);
        vm.prank(engineer);
        profiles.close(another, IMdsProfiles.Outcome.Done, 0, 0, _document("report"));
        assertEq(profiles.serviceOf(monitor).fault, order, "another order does not");
        vm.prank(hospital);
        profiles.assign(order, engineer, START);
        vm.startPrank(engineer);
        profiles.start(order);
        profiles.close(order, IMdsProfiles.Outcome.NoFaultFound, START + 1, START + 1, _document("report"));
        vm.stopPrank();
        assertEq(profiles.serviceOf(monitor).fault, 0, "mended");
        _assertService(START, START + 1, START, START + 1);
    }

    function test_RevertGiven_ItIsNotStarted() external {
        uint64 order = _assigned(IMdsProfiles.OrderKind.Fault);
        _expectRefusal(engineer, _wrongState(order, IMdsProfiles.OrderState.Assigned));
        profiles.close(order, IMdsProfiles.Outcome.Done, 0, 0, _document("report"));
        vm.startPrank(engineer);
        profiles.start(order);
        profiles.close(order, IMdsProfiles.Outcome.Done, 0, 0, _document("report"));
        vm.expectRevert(_wrongState(order, IMdsProfiles.OrderState.Closed));
        profiles.close(order, IMdsProfiles.Outcome.Done, 0, 0, _document("report"));
        vm.stopPrank();
    }

    function testFuzz_RevertGiven_ItIsNotTheCallers(uint256 way) external {
        uint64 order = _started(IMdsProfiles.OrderKind.Fault);
        address caller = engineer;
        way %= 5;
        if (way == 0) caller = second;
        else if (way == 1) caller = hospital;
        else if (way == 2) skip(7 days + 1);
        else if (way == 3) _sell(monitor, hospital, clinic);
        else _suspend(engineer);
        _expectRefusal(caller, _notAssigned(order, caller));
        profiles.close(order, IMdsProfiles.Outcome.Done, 0, 0, _document("report"));
    }

    function testFuzz_RevertWhen_TheReportIsNone(bytes32 digest, uint8 codec) external {
        if (codec == CODEC_RAW || codec == CODEC_DAG_PB) digest = 0;
        uint64 order = _started(IMdsProfiles.OrderKind.Fault);
        _expectRefusal(engineer, _badDocument(Content(digest, codec)));
        profiles.close(order, IMdsProfiles.Outcome.Done, 0, 0, Content(digest, codec));
    }

    function testFuzz_RevertWhen_ADateIsOver(uint40 date, bool ofCalibration) external {
        date = uint40(bound(date, 1, START));
        uint64 order = _started(IMdsProfiles.OrderKind.Fault);
        _expectRefusal(engineer, abi.encodeWithSelector(IMdsProfiles.MdsProfiles_BadDate.selector, date));
        profiles.close(
            order,
            IMdsProfiles.Outcome.Done,
            ofCalibration ? START + 1 : date,
            ofCalibration ? date : 0,
            _document("report")
        );
    }

    function _close(uint40 maintenanceDue, uint40 calibrationDue) private {
        uint64 order = _started(IMdsProfiles.OrderKind.Maintenance);
        vm.prank(engineer);
        profiles.close(order, IMdsProfiles.Outcome.Done, maintenanceDue, calibrationDue, _document("report"));
    }

    function _assertService(uint40 maintainedAt, uint40 maintenanceDue, uint40 calibratedAt, uint40 calibrationDue)
        private
        view
    {
        IMdsProfiles.Service memory service = profiles.serviceOf(monitor);
        assertEq(service.maintainedAt, maintainedAt, "maintained");
        assertEq(service.maintenanceDue, maintenanceDue, "maintenance due");
        assertEq(service.calibratedAt, calibratedAt, "calibrated");
        assertEq(service.calibrationDue, calibrationDue, "calibration due");
    }
}
