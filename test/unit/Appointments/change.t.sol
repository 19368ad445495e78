// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAppointments} from "../../../contracts/interfaces/IAppointments.sol";
import {AppointmentsTest} from "./AppointmentsTest.sol";

contract Appointments_Change_Test is AppointmentsTest {
    function _changeExpecting(bytes memory expected, IAppointments.NewDay memory to) private {
        vm.expectRevert(expected);
        _change(to);
    }

    function _inUse(uint256 taken) private view returns (bytes memory) {
        return abi.encodeWithSelector(IAppointments.Appointments_SlotsInUse.selector, practice, DAY, taken);
    }

    function testFuzz_RevertWhen_NotTheHost(address caller) external {
        vm.assume(caller != doctor && caller != address(forwarder));
        vm.expectRevert(_notHost(practice, caller));
        vm.prank(caller);
        appointments.change(practice, _day(DAY));
    }

    function testFuzz_RevertGiven_NotOpen(uint32 day) external {
        vm.assume(day != DAY);
        _changeExpecting(
            abi.encodeWithSelector(IAppointments.Appointments_NotOpen.selector, practice, day),
            _day(day, FIRST_AT, SLOT, SLOTS)
        );
    }

    function testFuzz_RevertGiven_TakenSlotsWouldMove(uint8 slot, uint40 firstAt, uint32 slotSeconds) external {
        slot = _anySlot(slot);
        _book(patient, slot);
        vm.assume(firstAt != FIRST_AT || slotSeconds != SLOT);
        _changeExpecting(_inUse(uint256(1) << slot), _day(DAY, firstAt, slotSeconds, SLOTS));
    }

    function testFuzz_RevertGiven_TakenSlotsWouldBeDropped(uint8 slot, uint16 count) external {
        slot = _anySlot(slot);
        _book(patient, slot);
        count = uint16(bound(count, 0, slot));
        _changeExpecting(_inUse(uint256(1) << slot), _day(DAY, FIRST_AT, SLOT, count));
    }

    function test_RevertGiven_OfferedSlotsWouldMove() external {
        _offerToSecond();
        _changeExpecting(_inUse(1), _day(DAY, FIRST_AT + 1, SLOT, SLOTS));
    }

    function test_RevertWhen_TheSlotsAreBad() external {
        _changeExpecting(
            abi.encodeWithSelector(IAppointments.Appointments_BadSlots.selector, DAY, SLOT, uint16(0)),
            _day(DAY, FIRST_AT, SLOT, 0)
        );
    }

    function test_RevertWhen_TheDateIsAnother() external {
        _changeExpecting(
            abi.encodeWithSelector(IAppointments.Appointments_OtherDate.selector, DAY, FIRST_AT + 2 days),
            _day(DAY, FIRST_AT + 2 days, SLOT, SLOTS)
        );
    }

    function test_RevertWhen_TheDayWouldBePast() external {
        vm.warp(_startOf(3));
        _changeExpecting(
            abi.encodeWithSelector(IAppointments.Appointments_DayPast.selector, practice, DAY),
            _day(DAY, FIRST_AT, SLOT, 4)
        );
    }

    function test_RevertWhen_ItWouldOverlap() external {
        _open(practice, _day(DAY + 1));
        _changeExpecting(
            abi.encodeWithSelector(IAppointments.Appointments_Overlap.selector, practice, DAY, DAY + 1),
            _day(DAY, FIRST_AT + 1, 24 hours, 1)
        );
        _change(_day(DAY, FIRST_AT, 24 hours, 1));
    }

    function testFuzz_ChangesTheCountAndLeavesTheBooking(uint8 slot, uint16 count) external {
        slot = _anySlot(slot);
        _book(patient, slot);
        // Up to 24 hours.
        count = uint16(bound(count, uint256(slot) + 1, 48));
        _change(_day(DAY, FIRST_AT, SLOT, count));
        assertEq(appointments.dayOf(practice, DAY).count, count, "count");
        _assertBooking(slot, patient, IAppointments.Status.Booked, 1);
    }

    function testFuzz_KeepsTheNewDay(uint256 firstAt, uint32 slotSeconds, uint16 count, bool closed) external {
        _block(1);
        if (closed) _close();
        count = uint16(bound(count, 1, 256));
        slotSeconds = uint32(bound(slotSeconds, 1, 24 hours / uint256(count)));
        uint40 start = uint40(bound(firstAt, uint256(DAY) * 1 days - 14 hours, uint256(DAY) * 1 days + 36 hours - 1));
        vm.expectEmit(address(appointments));
        emit IAppointments.DayChanged(practice, DAY, start, slotSeconds, count);
        _change(_day(DAY, start, slotSeconds, count));
        IAppointments.Day memory kept = appointments.dayOf(practice, DAY);
        assertEq(kept.firstAt, start, "first");
        assertEq(kept.slotSeconds, slotSeconds, "length");
        assertEq(kept.count, count, "count");
        assertEq(kept.closed, closed, "closed");
        assertTrue(kept.hasBlocked, "blocked");
    }

    /// @dev Who signed for ten o'clock is not booked for eleven.
    function test_ABookingMeantForTheOldTimesFails() external {
        IAppointments.Terms memory terms = _terms(practice, DAY, 4);
        _change(_day(DAY, FIRST_AT + 1 hours, SLOT, SLOTS));
        vm.expectRevert(
            abi.encodeWithSelector(
                IAppointments.Appointments_OtherStart.selector, practice, DAY, uint8(4), _startOf(4) + 1 hours
            )
        );
        vm.prank(patient);
        appointments.book(practice, DAY, 4, terms);
    }
}
