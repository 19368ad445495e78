// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAppointments} from "../../../contracts/interfaces/IAppointments.sol";
import {AppointmentsTest} from "./AppointmentsTest.sol";

contract Appointments_Attend_Test is AppointmentsTest {
    function testFuzz_RevertWhen_NotTheHost(address caller) external {
        vm.assume(caller != doctor && caller != address(forwarder));
        _book(patient, 0);
        vm.warp(_startOf(1));
        vm.startPrank(caller);
        vm.expectRevert(_notHost(practice, caller));
        appointments.checkIn(practice, DAY, 0, 1);
        vm.expectRevert(_notHost(practice, caller));
        appointments.complete(practice, DAY, 0, 1);
        vm.expectRevert(_notHost(practice, caller));
        appointments.markNoShow(practice, DAY, 0, 1);
    }

    function testFuzz_RevertGiven_NoSuchBooking(uint8 slot, uint32 nonce) external {
        _expectNone(slot, nonce);
        _book(patient, 0);
        vm.assume(nonce != 1);
        _expectNone(0, nonce);
    }

    function test_RevertGiven_ItIsOver() external {
        _book(patient, 0);
        _book(patient, 1);
        _book(patient, 2);
        _cancel(patient, 2, 1);
        vm.warp(_startOf(3));
        _complete(0);
        _markNoShow(1);
        for (uint8 slot = 0; slot < 3; ++slot) {
            _expectNone(slot, 1);
        }
    }

    function test_RevertGiven_OnlyOffered() external {
        _offerToSecond();
        vm.warp(_startOf(1));
        _expectNone(0, 1);
    }

    function _expectNone(uint8 slot, uint32 nonce) private {
        vm.startPrank(doctor);
        vm.expectRevert(_noBooking(slot, nonce));
        appointments.checkIn(practice, DAY, slot, nonce);
        vm.expectRevert(_noBooking(slot, nonce));
        appointments.complete(practice, DAY, slot, nonce);
        vm.expectRevert(_noBooking(slot, nonce));
        appointments.markNoShow(practice, DAY, slot, nonce);
        vm.stopPrank();
    }

    function testFuzz_ChecksIn(uint256 now_) external {
        _setLimits(1, 0, 0);
        _book(patient, 0);
        vm.warp(bound(now_, START, _startOf(SLOTS)));
        vm.expectEmit(address(appointments));
        emit IAppointments.CheckedIn(practice, DAY, patient, 0, 1);
        _checkIn(0);
        _assertBooking(0, patient, IAppointments.Status.CheckedIn, 1);
        assertEq(appointments.openBookingsOf(practice, patient), 1, "still counts");
        vm.expectRevert(_checkedIn());
        _checkIn(0);
    }

    function _checkedIn() private view returns (bytes memory) {
        return abi.encodeWithSelector(IAppointments.Appointments_AlreadyCheckedIn.selector, practice, DAY, uint8(0));
    }

    function testFuzz_RevertWhen_CompletedBeforeItStarts(uint256 now_) external {
        _book(patient, 3);
        vm.warp(bound(now_, START, _startOf(3) - 1));
        vm.expectRevert(_tooEarly(_startOf(3)));
        _complete(3);
    }

    function testFuzz_Completes(uint256 now_, bool checkedIn, bool suspended) external {
        _setLimits(1, 0, 0);
        _book(patient, 3);
        if (checkedIn) _checkIn(3);
        if (suspended) _suspend(doctor);
        vm.warp(bound(now_, _startOf(3), _startOf(3) + 1000 days));
        vm.expectEmit(address(appointments));
        emit IAppointments.Completed(practice, DAY, patient, 3, 1);
        _complete(3);
        _assertBooking(3, patient, IAppointments.Status.Completed, 1);
        assertEq(appointments.openBookingsOf(practice, patient), 0, "counts no longer");
    }

    function testFuzz_RevertWhen_NotShownBeforeItIsOver(uint256 now_) external {
        _book(patient, 3);
        vm.warp(bound(now_, START, _startOf(4) - 1));
        vm.expectRevert(_tooEarly(_startOf(4)));
        _markNoShow(3);
    }

    function test_RevertGiven_ThePatientCheckedIn() external {
        _book(patient, 0);
        _checkIn(0);
        vm.warp(_startOf(1));
        vm.expectRevert(_checkedIn());
        _markNoShow(0);
    }

    function testFuzz_MarksANoShow(uint256 now_) external {
        _setLimits(1, 0, 0);
        _book(patient, 3);
        vm.warp(bound(now_, _startOf(4), _startOf(4) + 1000 days));
        vm.expectEmit(address(appointments));
        emit IAppointments.NotShown(practice, DAY, patient, 3, 1);
        _markNoShow(3);
        _assertBooking(3, patient, IAppointments.Status.NoShow, 1);
        assertEq(appointments.openBookingsOf(practice, patient), 0, "counts no longer");
    }

    /// @dev The last of 256 slots, whose end is past what a slot number can name.
    function test_TheLastOf256Slots() external {
        _open(practice, _day(DAY + 1, FIRST_AT + 1 days, 5 minutes, 256));
        _book(practice, patient, DAY + 1, 255);
        uint40 end = FIRST_AT + 1 days + 256 * 5 minutes;
        vm.warp(end - 1);
        vm.expectRevert(_tooEarly(end));
        vm.prank(doctor);
        appointments.markNoShow(practice, DAY + 1, 255, 1);
        vm.warp(end);
        vm.prank(doctor);
        appointments.markNoShow(practice, DAY + 1, 255, 1);
    }
}
