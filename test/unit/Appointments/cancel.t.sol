// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAppointments} from "../../../contracts/interfaces/IAppointments.sol";
import {PATIENT, PRACTITIONER} from "../../../contracts/types/Role.sol";
import {AppointmentsTest} from "./AppointmentsTest.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

contract Appointments_Cancel_Test is AppointmentsTest {
    function testFuzz_RevertGiven_NoSuchBooking(uint8 slot, uint32 nonce) external {
        vm.expectRevert(_noBooking(slot, nonce));
        _cancel(patient, slot, nonce);
    }

    function testFuzz_RevertWhen_AnotherBookingIsMeant(uint32 nonce) external {
        vm.assume(nonce != 1);
        _book(patient, 0);
        vm.expectRevert(_noBooking(0, nonce));
        _cancel(patient, 0, nonce);
    }

    /// @dev The doctor means the first patient, who cancels first; the second has the slot by now and keeps it.
    function test_RevertWhen_TheBookingMeantIsGone() external {
        _book(patient, 0);
        _cancel(patient, 0, 1);
        _book(second, 0);
        vm.expectRevert(_noBooking(0, 1));
        _cancel(doctor, 0, 1);
        _assertBooking(0, second, IAppointments.Status.Booked, 2);
    }

    function test_RevertGiven_CancelledOfferedOrOver() external {
        _offerToSecond();
        vm.expectRevert(_noBooking(0, 1));
        _cancel(patient, 0, 1);
        vm.expectRevert(_noBooking(0, 1));
        _cancel(second, 0, 1);
        vm.expectRevert(_noBooking(0, 1));
        _cancel(doctor, 0, 1);
        _unblock(ALL);
        _book(patient, 1);
        _book(patient, 2);
        vm.warp(_startOf(3));
        _complete(1);
        _markNoShow(2);
        for (uint8 slot = 1; slot < 3; ++slot) {
            vm.expectRevert(_noBooking(slot, 1));
            _cancel(doctor, slot, 1);
        }
    }

    function testFuzz_RevertWhen_NeitherPatientNorHost(address caller) external {
        vm.assume(caller != patient && caller != doctor && caller != address(forwarder));
        _book(patient, 0);
        vm.expectRevert(
            abi.encodeWithSelector(IAppointments.Appointments_NotEntitled.selector, practice, DAY, uint8(0), caller)
        );
        _cancel(caller, 0, 1);
    }

    function testFuzz_RevertWhen_ThePatientIsLate(uint32 notice, uint256 now_) external {
        notice = uint32(bound(notice, 0, 365 days));
        _setLimits(0, notice, 0);
        _book(patient, 3);
        uint40 until = _startOf(3) - 1 - notice;
        vm.warp(bound(now_, until + 1 < START ? START : until + 1, _startOf(3) + 30 days));
        vm.expectRevert(_tooLate(until));
        _cancel(patient, 3, 1);
    }

    function testFuzz_CancelsForThePatientInTime(uint32 notice, bool suspended, bool checkedIn, bool limited) external {
        notice = uint32(bound(notice, 0, 6 days));
        _setLimits(limited ? 1 : 0, notice, 0);
        _book(patient, 3);
        if (checkedIn) _checkIn(3);
        if (suspended) _suspend(patient);
        vm.warp(_startOf(3) - 1 - notice);
        vm.expectEmit(address(appointments));
        emit IAppointments.Cancelled(practice, DAY, patient, 3, 1, patient);
        _cancel(patient, 3, 1);
        _assertFree(3, 1);
        assertEq(appointments.openBookingsOf(practice, patient), 0, "counts no longer");
    }

    function testFuzz_CancelsForTheHostAnyTime(uint256 now_, bool suspended, bool checkedIn) external {
        _setLimits(1, 365 days, 0);
        _book(patient, 3);
        if (checkedIn) _checkIn(3);
        if (suspended) _suspend(doctor);
        vm.warp(bound(now_, START, START + 1000 days));
        vm.expectEmit(address(appointments));
        emit IAppointments.Cancelled(practice, DAY, patient, 3, 1, doctor);
        _cancel(doctor, 3, 1);
        _assertFree(3, 1);
        assertEq(appointments.openBookingsOf(practice, patient), 0, "counts no longer");
    }

    /// @dev The twin was sold: the days and what is booked on them go with it.
    function test_CancelsForTheNextOwner() external {
        _book(machine, patient, DAY, 0);
        vm.prank(hospital);
        devices.transferFrom(hospital, clinic, _item(0).tokenId());
        assertEq(appointments.hostOf(machine), clinic);
        vm.expectRevert(
            abi.encodeWithSelector(IAppointments.Appointments_NotEntitled.selector, machine, DAY, uint8(0), hospital)
        );
        vm.prank(hospital);
        appointments.cancel(machine, DAY, 0, 1);
        vm.prank(clinic);
        appointments.cancel(machine, DAY, 0, 1);
        assertEq(appointments.bookingOf(machine, DAY, 0).patient, address(0));
    }

    /// @dev A practitioner who is a patient of its own is host first.
    function test_CancelsLateWhenPatientAndHostAreOne() external {
        _enrol(doctor, PATIENT | PRACTITIONER);
        _book(doctor, 0);
        vm.warp(_startOf(1));
        _cancel(doctor, 0, 1);
        _assertFree(0, 1);
    }

    function testFuzz_AFreedSlotIsBookedAgain(uint8 slot) external {
        slot = _anySlot(slot);
        _book(patient, slot);
        _cancel(patient, slot, 1);
        _assertAnswer(second, slot, IAppointments.Answer.Booked, ALL);
        _book(second, slot);
        _assertBooking(slot, second, IAppointments.Status.Booked, 2);
    }

    function testFuzz_OffersToTheFirstWhoWaits(uint32 offerSeconds, uint256 before) external {
        _setLimits(0, 0, offerSeconds);
        _fillDay();
        _join(second);
        _join(third);
        vm.warp(_startOf(0) - bound(before, 1, 5 days));
        uint256 stands = offerSeconds == 0 ? 2 hours : offerSeconds;
        uint40 until = uint40(Math.min(block.timestamp + stands, _startOf(0) - 1));
        vm.expectEmit(address(appointments));
        emit IAppointments.Cancelled(practice, DAY, patient, 0, 1, patient);
        vm.expectEmit(address(appointments));
        emit IAppointments.SlotOffered(practice, DAY, second, 0, until);
        _cancel(patient, 0, 1);
        _assertOffered(0, second, until);
        (uint32 length, address next) = appointments.waitingOf(practice, DAY);
        assertEq(length, 1, "one left");
        assertEq(next, third, "who is next");
    }

    function test_OffersToNobodyGiven_TheSlotIsPast() external {
        _fillDay();
        _join(second);
        vm.warp(_startOf(0));
        _cancel(doctor, 0, 1);
        _assertFree(0, 1);
    }

    function test_OffersToNobodyGiven_TheHostTakesNoBookings() external {
        _fillDay();
        _join(second);
        _suspend(doctor);
        _cancel(patient, 0, 1);
        _assertFree(0, 1);
        (uint32 ticket,,) = appointments.placeOf(practice, DAY, second);
        assertEq(ticket, 1, "still waits");
    }

    /// @dev What the host may do who is ill: block, then cancel, in one transaction.
    function test_TheHostDropsASlotForGood() external {
        _fillDay();
        _join(second);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IAppointments.blockSlots, (practice, DAY, 1));
        calls[1] = abi.encodeCall(IAppointments.cancel, (practice, DAY, 0, 1));
        vm.prank(doctor);
        appointments.multicall(calls);
        _assertFree(0, 1);
        _assertAnswer(second, 0, IAppointments.Answer.DayFull, 0);
    }
}
