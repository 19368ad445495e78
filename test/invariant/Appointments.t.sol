// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAppointments} from "../../contracts/interfaces/IAppointments.sol";
import {PATIENT} from "../../contracts/types/Role.sol";
import {AppointmentsTest} from "../unit/Appointments/AppointmentsTest.sol";
import {AppointmentsHandler} from "./AppointmentsHandler.sol";
import {AppointmentsStore} from "./AppointmentsStore.sol";

/// forge-config: default.invariant.depth = 128
/// @dev That what is allowed works, what is not does not, and the answer says it before, is asserted by the handler at each call.
contract AppointmentsInvariantTest is AppointmentsTest {
    uint32 private constant FIRST_DAY = DAY + 7;
    uint32 private constant LENGTH = 2 hours;
    uint8 private constant SLOTS_AT_FIRST = 3;

    AppointmentsStore private store;
    address[] private patients;

    function setUp() public override {
        super.setUp();
        patients = [patient, second, third, _account("fourth patient")];
        _enrol(patients[3], PATIENT);
        store = new AppointmentsStore(doctor, LENGTH);
        for (uint32 day = FIRST_DAY; day < FIRST_DAY + 2; ++day) {
            uint40 firstAt = uint40(day) * 1 days + 7 hours;
            _open(practice, _day(day, firstAt, LENGTH, SLOTS_AT_FIRST));
            store.addDay(day, firstAt, SLOTS_AT_FIRST);
        }
        vm.warp(uint256(FIRST_DAY) * 1 days + 5 hours);

        AppointmentsHandler handler =
            new AppointmentsHandler(appointments, participants, store, registrar, doctor, patients, FIRST_DAY);
        targetContract(address(handler));
    }

    /// @dev A slot has the one holder that the store has, a free one none, and nobody holds by mask what no booking says.
    function invariant_MasksAndBookingsAgree() external view {
        for (uint32 day = FIRST_DAY; day < FIRST_DAY + 2; ++day) {
            (uint256 taken, uint256 blockedMask) = appointments.masksOf(practice, day);
            assertEq(taken, store.takenMask(day), "taken");
            assertEq(appointments.dayOf(practice, day).hasBlocked, blockedMask != 0, "has blocked");
            for (uint8 slot = 0; slot < 8; ++slot) {
                AppointmentsStore.Slot memory expected = store.slotOf(day, slot);
                IAppointments.Booking memory booking = appointments.bookingOf(practice, day, slot);
                assertEq(booking.patient, expected.holder, "holder");
                assertEq(uint8(booking.status), uint8(expected.status), "status");
                assertEq(booking.nonce, expected.nonce, "nonce");
                assertEq(booking.until, expected.until, "until");
                assertEq(booking.counted, expected.counted, "counted");
                assertEq(booking.patient == address(0), taken >> slot & 1 == 0, "a taken slot has a holder");
                assertEq(blockedMask >> slot & 1 == 1, expected.isBlocked, "blocked");
            }
        }
    }

    function invariant_WhatIsFreeCanBeBooked() external view {
        for (uint32 day = FIRST_DAY; day < FIRST_DAY + 2; ++day) {
            for (uint8 slot = 0; slot < store.countOf(day); ++slot) {
                (IAppointments.Answer answer, uint256 freeMask) =
                    appointments.answerFor(practice, day, slot, patients[0]);
                bool isPlace = store.mayTake(day, slot, patients[0]);
                assertEq(freeMask >> slot & 1 == 1, isPlace, "free mask");
                bool isBookable = isPlace && store.hasRoom(patients[0]);
                assertEq(answer == IAppointments.Answer.Booked, isBookable, "answer");
            }
        }
    }

    function invariant_CountsAreTheLiveBookings() external view {
        for (uint256 i = 0; i < patients.length; ++i) {
            assertEq(appointments.openBookingsOf(practice, patients[i]), store.openBookingsOf(patients[i]), "open");
        }
    }

    /// @dev Nobody waits and has an offer, or has two of a day; and the order is that of joining.
    function invariant_WaitingListsAreTheStore() external view {
        for (uint32 day = FIRST_DAY; day < FIRST_DAY + 2; ++day) {
            address[] memory waiting = store.waitingOn(day);
            (uint32 length, address next) = appointments.waitingOf(practice, day);
            assertEq(length, waiting.length, "length");
            assertEq(next, waiting.length == 0 ? address(0) : waiting[0], "next");
            uint32 before = 0;
            for (uint256 i = 0; i < waiting.length; ++i) {
                (uint32 ticket,,) = appointments.placeOf(practice, day, waiting[i]);
                assertGt(ticket, before, "order");
                before = ticket;
            }
            for (uint256 i = 0; i < patients.length; ++i) {
                _assertPlace(day, patients[i]);
            }
        }
    }

    function _assertPlace(uint32 day, address who) private view {
        (uint32 ticket, bool offered, uint8 slot) = appointments.placeOf(practice, day, who);
        (uint256 offers, uint8 expectedSlot) = store.offersTo(day, who);
        assertLe(offers, 1, "offers");
        assertEq(offered, offers == 1, "offered");
        if (offered) assertEq(slot, expectedSlot, "which");
        assertEq(ticket != 0, store.isWaiting(day, who), "waits");
        assertFalse(ticket != 0 && offered, "waits or has an offer");
    }
}
