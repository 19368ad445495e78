// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAppointments} from "../../../contracts/interfaces/IAppointments.sol";
import {AppointmentsTest} from "./AppointmentsTest.sol";

contract Appointments_BlockSlots_Test is AppointmentsTest {
    function testFuzz_RevertWhen_NotTheHost(address caller) external {
        vm.assume(caller != doctor && caller != address(forwarder));
        vm.startPrank(caller);
        vm.expectRevert(_notHost(practice, caller));
        appointments.blockSlots(practice, DAY, 1);
        vm.expectRevert(_notHost(practice, caller));
        appointments.unblockSlots(practice, DAY, 1);
    }

    function testFuzz_RevertGiven_NotOpen(uint32 day) external {
        vm.assume(day != DAY);
        bytes memory expected = abi.encodeWithSelector(IAppointments.Appointments_NotOpen.selector, practice, day);
        vm.startPrank(doctor);
        vm.expectRevert(expected);
        appointments.blockSlots(practice, day, 1);
        vm.expectRevert(expected);
        appointments.unblockSlots(practice, day, 1);
    }

    function testFuzz_RevertWhen_TheMaskIsBad(uint256 mask) external {
        vm.assume(mask == 0 || mask > ALL);
        _expectBadMask(mask);
        _block(mask);
        _expectBadMask(mask);
        _unblock(mask);
    }

    function test_RevertWhen_TheMaskIsEmpty() external {
        _expectBadMask(0);
        _block(0);
    }

    function _expectBadMask(uint256 mask) private {
        vm.expectRevert(abi.encodeWithSelector(IAppointments.Appointments_BadMask.selector, mask, SLOTS));
    }

    function testFuzz_BlocksAndUnblocks(uint256 blockedMask, uint256 unblocked) external {
        blockedMask = bound(blockedMask, 1, ALL);
        unblocked = bound(unblocked, 1, ALL);
        vm.expectEmit(address(appointments));
        emit IAppointments.SlotsBlocked(practice, DAY, blockedMask);
        _block(blockedMask);
        _assertBlocked(blockedMask);
        vm.expectEmit(address(appointments));
        emit IAppointments.SlotsUnblocked(practice, DAY, unblocked);
        _unblock(unblocked);
        _assertBlocked(blockedMask & ~unblocked);
    }

    function _assertBlocked(uint256 expected) private {
        (, uint256 blockedMask) = appointments.masksOf(practice, DAY);
        assertEq(blockedMask, expected, "blocked");
        assertEq(appointments.dayOf(practice, DAY).hasBlocked, expected != 0, "any");
        for (uint8 slot = 0; slot < SLOTS; ++slot) {
            uint256 snapshot = vm.snapshotState();
            IAppointments.Terms memory terms = _terms(practice, DAY, slot);
            vm.prank(patient);
            (bool booked,) =
                address(appointments).call(abi.encodeCall(IAppointments.book, (practice, DAY, slot, terms)));
            assertEq(booked, expected >> slot & 1 == 0, "bookable");
            vm.revertToState(snapshot);
        }
    }

    /// @dev A whole day of 256 slots has a bit for each, and no shift runs over.
    function test_ADayOf256Slots() external {
        uint32 day = DAY + 1;
        _open(practice, _day(day, FIRST_AT + 1 days, 5 minutes, 256));
        vm.prank(doctor);
        appointments.blockSlots(practice, day, type(uint256).max >> 1);
        _book(practice, patient, day, 255);
        (uint256 taken, uint256 blockedMask) = appointments.masksOf(practice, day);
        assertEq(taken | blockedMask, type(uint256).max);
        (IAppointments.Answer answer,) = appointments.answerFor(practice, day, 0, second);
        assertEq(uint8(answer), uint8(IAppointments.Answer.DayFull));
    }

    function testFuzz_LeavesBookingsThereAre(uint8 slot) external {
        slot = _anySlot(slot);
        _book(patient, slot);
        _block(ALL);
        _assertBooking(slot, patient, IAppointments.Status.Booked, 1);
        _cancel(patient, slot, 1);
        _assertFree(slot, 1);
        _assertAnswer(patient, slot, IAppointments.Answer.DayFull, 0);
    }

    function test_OffersABlockedSlotToNobody() external {
        _fillDay();
        _join(second);
        _block(ALL);
        _cancel(doctor, 0, 1);
        _assertFree(0, 1);
        (uint32 ticket,,) = appointments.placeOf(practice, DAY, second);
        assertEq(ticket, 1, "still waits");
    }

    function test_RevertWhen_ABlockedOfferIsAccepted() external {
        _offerToSecond();
        _block(ALL);
        IAppointments.Terms memory terms = _terms(practice, DAY, 0);
        vm.expectRevert(abi.encodeWithSelector(IAppointments.Appointments_DayFull.selector, practice, DAY));
        vm.prank(second);
        appointments.acceptOffer(practice, DAY, 0, terms);

        _unblock(2);
        vm.expectRevert(
            abi.encodeWithSelector(IAppointments.Appointments_SlotTaken.selector, practice, DAY, uint8(0), uint256(2))
        );
        vm.prank(second);
        appointments.acceptOffer(practice, DAY, 0, terms);
    }
}
