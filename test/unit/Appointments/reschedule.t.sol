// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAppointments} from "../../../contracts/interfaces/IAppointments.sol";
import {AppointmentsTest} from "./AppointmentsTest.sol";

contract Appointments_Reschedule_Test is AppointmentsTest {
    uint32 private constant NEXT = DAY + 1;

    function setUp() public override {
        super.setUp();
        _open(practice, _day(NEXT));
    }

    /// @dev The terms are read first, so that the call that is to revert is the next one.
    function _rescheduleExpecting(bytes memory expected, address by, uint8 slot, uint32 newDay, uint8 newSlot) private {
        IAppointments.Terms memory terms = _terms(practice, newDay, newSlot);
        vm.expectRevert(expected);
        vm.prank(by);
        appointments.reschedule(practice, DAY, slot, 1, newDay, newSlot, terms);
    }

    function testFuzz_RevertGiven_NoSuchBooking(uint8 slot) external {
        _rescheduleExpecting(_noBooking(slot, 1), patient, slot, NEXT, 0);
    }

    function testFuzz_RevertWhen_NotThePatient(address caller) external {
        vm.assume(caller != patient && caller != address(forwarder));
        _book(patient, 0);
        _rescheduleExpecting(_notEntitled(caller), caller, 0, NEXT, 0);
        _rescheduleExpecting(_notEntitled(doctor), doctor, 0, NEXT, 0);
    }

    function _notEntitled(address caller) private view returns (bytes memory) {
        return abi.encodeWithSelector(IAppointments.Appointments_NotEntitled.selector, practice, DAY, uint8(0), caller);
    }

    function testFuzz_RevertWhen_Late(uint32 notice) external {
        notice = uint32(bound(notice, 0, 6 days));
        _setLimits(0, notice, 0);
        _book(patient, 0);
        vm.warp(_startOf(0) - notice);
        _rescheduleExpecting(_tooLate(_startOf(0) - 1 - notice), patient, 0, NEXT, 0);
    }

    function testFuzz_NothingChangesGiven_TheNewSlotIsTaken(uint8 newSlot) external {
        newSlot = _anySlot(newSlot);
        _book(patient, 0);
        _book(practice, second, NEXT, newSlot);
        bytes memory expected = abi.encodeWithSelector(
            IAppointments.Appointments_SlotTaken.selector, practice, NEXT, newSlot, ALL & ~(uint256(1) << newSlot)
        );
        _rescheduleExpecting(expected, patient, 0, NEXT, newSlot);
        _assertBooking(0, patient, IAppointments.Status.Booked, 1);
        assertEq(appointments.bookingOf(practice, NEXT, newSlot).patient, second);
    }

    function test_NothingChangesGiven_TheSameSlot() external {
        _book(patient, 0);
        bytes memory expected = abi.encodeWithSelector(
            IAppointments.Appointments_SlotTaken.selector, practice, DAY, uint8(0), ALL & ~uint256(1)
        );
        _rescheduleExpecting(expected, patient, 0, DAY, 0);
    }

    function test_NothingChangesGiven_NoBookingsAreTaken() external {
        _book(patient, 0);
        _rescheduleExpecting(_unavailable(practice, DAY + 2), patient, 0, DAY + 2, 0);
        _suspend(doctor);
        _rescheduleExpecting(_unavailable(practice, NEXT), patient, 0, NEXT, 0);
        _suspend(patient);
        _rescheduleExpecting(
            abi.encodeWithSelector(IAppointments.Appointments_NotRegistered.selector, patient), patient, 0, NEXT, 0
        );
        _assertBooking(0, patient, IAppointments.Status.Booked, 1);
    }

    function test_RevertWhen_TheTermsAreWrong() external {
        _book(patient, 0);
        IAppointments.Terms memory terms = _terms(practice, NEXT, 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAppointments.Appointments_OtherStart.selector, practice, NEXT, uint8(0), terms.startsAt - SLOT
            )
        );
        vm.prank(patient);
        appointments.reschedule(practice, DAY, 0, 1, NEXT, 0, terms);
        terms.patientCommitment = 0;
        vm.expectRevert(IAppointments.Appointments_MissingCommitment.selector);
        vm.prank(patient);
        appointments.reschedule(practice, DAY, 0, 1, NEXT, 1, terms);
        _assertBooking(0, patient, IAppointments.Status.Booked, 1);
    }

    function testFuzz_Reschedules(uint8 slot, uint8 newSlot, bool sameDay, bool limited) external {
        (slot, newSlot) = (_anySlot(slot), _anySlot(newSlot));
        uint32 newDay = sameDay ? DAY : NEXT;
        vm.assume(!sameDay || slot != newSlot);
        // At its limit already: exchanging does not add to it.
        if (limited) _setLimits(1, 0, 0);
        _book(patient, slot);
        bytes32 bookingHash = appointments.hashOf(_terms(practice, newDay, newSlot), doctor, newDay, 1);
        uint40 startsAt = _terms(practice, newDay, newSlot).startsAt;
        vm.expectEmit(address(appointments));
        emit IAppointments.Booked(practice, newDay, patient, newSlot, 1, startsAt, doctor, bookingHash);
        vm.expectEmit(address(appointments));
        emit IAppointments.Rescheduled(practice, DAY, patient, slot, 1, newDay, newSlot, 1);
        _reschedule(patient, slot, newDay, newSlot);
        _assertFree(slot, 1);
        IAppointments.Booking memory booking = appointments.bookingOf(practice, newDay, newSlot);
        assertEq(booking.patient, patient, "new slot");
        assertEq(booking.counted, limited, "counted");
        assertEq(appointments.openBookingsOf(practice, patient), limited ? 1 : 0, "count");
    }

    function test_OffersTheOldSlot() external {
        _fillDay();
        _join(second);
        _reschedule(patient, 0, NEXT, 0);
        _assertOffered(0, second, uint40(block.timestamp + 2 hours));
    }
}
