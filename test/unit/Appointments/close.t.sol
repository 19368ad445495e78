// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAppointments} from "../../../contracts/interfaces/IAppointments.sol";
import {AppointmentsTest} from "./AppointmentsTest.sol";

contract Appointments_Close_Test is AppointmentsTest {
    function _reopen() private {
        vm.prank(doctor);
        appointments.reopen(practice, DAY);
    }

    function testFuzz_RevertWhen_NotTheHost(address caller) external {
        vm.assume(caller != doctor && caller != address(forwarder));
        vm.startPrank(caller);
        vm.expectRevert(_notHost(practice, caller));
        appointments.close(practice, DAY);
        vm.expectRevert(_notHost(practice, caller));
        appointments.reopen(practice, DAY);
    }

    function testFuzz_RevertGiven_NotOpen(uint32 day) external {
        vm.assume(day != DAY);
        bytes memory expected = abi.encodeWithSelector(IAppointments.Appointments_NotOpen.selector, practice, day);
        vm.startPrank(doctor);
        vm.expectRevert(expected);
        appointments.close(practice, day);
        vm.expectRevert(expected);
        appointments.reopen(practice, day);
    }

    function test_RevertGiven_ClosedAlready() external {
        _close();
        vm.expectRevert(abi.encodeWithSelector(IAppointments.Appointments_DayClosed.selector, practice, DAY));
        _close();
    }

    function test_RevertGiven_NotClosed() external {
        vm.expectRevert(abi.encodeWithSelector(IAppointments.Appointments_NotClosed.selector, practice, DAY));
        _reopen();
    }

    function test_TakesNothingNew() external {
        _offerToSecond();
        vm.expectEmit(address(appointments));
        emit IAppointments.DayClosed(practice, DAY);
        _close();
        _assertAnswer(patient, 1, IAppointments.Answer.Unavailable, 0);
        IAppointments.Terms memory terms = _terms(practice, DAY, 0);
        vm.expectRevert(_unavailable(practice, DAY));
        vm.prank(patient);
        appointments.book(practice, DAY, 1, terms);
        vm.expectRevert(_unavailable(practice, DAY));
        _join(patient);
        vm.expectRevert(_unavailable(practice, DAY));
        vm.prank(second);
        appointments.acceptOffer(practice, DAY, 0, terms);
    }

    function test_LeavesTheBookings() external {
        _book(patient, 0);
        _book(second, 1);
        _close();
        _assertBooking(0, patient, IAppointments.Status.Booked, 1);
        _cancel(second, 1, 1);
        _assertFree(1, 1);
        vm.warp(_startOf(0));
        _complete(0);
        _assertBooking(0, patient, IAppointments.Status.Completed, 1);
    }

    function test_OffersNothingWhenCancelled() external {
        _fillDay();
        _join(second);
        _close();
        _cancel(patient, 0, 1);
        _assertFree(0, 1);
        (uint32 length, address next) = appointments.waitingOf(practice, DAY);
        assertEq(length, 1, "still waits");
        assertEq(next, second, "who");
    }

    function testFuzz_ReopenedItTakesBookingsAgain(uint8 slot) external {
        slot = _anySlot(slot);
        _close();
        vm.expectEmit(address(appointments));
        emit IAppointments.DayReopened(practice, DAY);
        _reopen();
        _book(patient, slot);
        _assertBooking(slot, patient, IAppointments.Status.Booked, 1);
    }
}
