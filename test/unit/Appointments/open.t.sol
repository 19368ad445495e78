// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAppointments} from "../../../contracts/interfaces/IAppointments.sol";
import {ResourceId, ResourceLibrary} from "../../../contracts/types/ResourceId.sol";
import {PRACTITIONER} from "../../../contracts/types/Role.sol";
import {AppointmentsTest} from "./AppointmentsTest.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

contract Appointments_Open_Test is AppointmentsTest {
    uint32 private constant NEXT = DAY + 10;

    function _openExpecting(bytes memory expected, IAppointments.NewDay memory day) private {
        IAppointments.NewDay[] memory newDays = new IAppointments.NewDay[](1);
        newDays[0] = day;
        _openAs(doctor, practice, ZONE, newDays, expected);
    }

    function _openAs(
        address caller,
        ResourceId resource,
        bytes32 zone,
        IAppointments.NewDay[] memory newDays,
        bytes memory expected
    ) private {
        vm.expectRevert(expected);
        vm.prank(caller);
        appointments.open(resource, zone, newDays);
    }

    function _one() private pure returns (IAppointments.NewDay[] memory newDays) {
        newDays = new IAppointments.NewDay[](1);
        newDays[0] = _day(NEXT);
    }

    function testFuzz_RevertWhen_NotTheHost(address caller) external {
        vm.assume(caller != doctor && caller != hospital && caller != address(forwarder));
        _openAs(caller, practice, ZONE, _one(), _notHost(practice, caller));
        _openAs(caller, machine, ZONE, _one(), _notHost(machine, caller));
    }

    function test_RevertGiven_NoTwin() external {
        ResourceId unborn = ResourceLibrary.ofMachine(_item(1));
        bytes memory expected =
            abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, _item(1).tokenId());
        _openAs(maker, unborn, ZONE, _one(), expected);
    }

    function test_RevertGiven_TheHostIsNotActive() external {
        _suspend(doctor);
        _suspend(hospital);
        _openAs(
            doctor,
            practice,
            ZONE,
            _one(),
            abi.encodeWithSelector(IAppointments.Appointments_NotActive.selector, doctor)
        );
        _openAs(
            hospital,
            machine,
            ZONE,
            _one(),
            abi.encodeWithSelector(IAppointments.Appointments_NotActive.selector, hospital)
        );
    }

    function test_RevertGiven_NoPractitioner() external {
        ResourceId own = ResourceLibrary.ofPractitioner(hospital);
        _openAs(
            hospital, own, ZONE, _one(), abi.encodeWithSelector(IAppointments.Appointments_NotActive.selector, hospital)
        );
    }

    function test_RevertWhen_NoZone() external {
        _openAs(doctor, practice, 0, _one(), abi.encodeWithSelector(IAppointments.Appointments_NoZone.selector));
    }

    function testFuzz_RevertGiven_AnotherZone(bytes32 zone) external {
        vm.assume(zone != ZONE && zone != 0);
        _openAs(
            doctor,
            practice,
            zone,
            _one(),
            abi.encodeWithSelector(IAppointments.Appointments_OtherZone.selector, practice, ZONE)
        );
    }

    function test_RevertGiven_TheDayIsOpen() external {
        _openExpecting(
            abi.encodeWithSelector(IAppointments.Appointments_AlreadyOpen.selector, practice, DAY), _day(DAY)
        );
    }

    function test_RevertWhen_ADayComesTwice() external {
        IAppointments.NewDay[] memory newDays = new IAppointments.NewDay[](2);
        (newDays[0], newDays[1]) = (_day(NEXT), _day(NEXT));
        _openAs(
            doctor,
            practice,
            ZONE,
            newDays,
            abi.encodeWithSelector(IAppointments.Appointments_AlreadyOpen.selector, practice, NEXT)
        );
        assertEq(appointments.dayOf(practice, NEXT).count, 0, "nothing is kept");
    }

    function testFuzz_RevertWhen_TheSlotsAreBad(uint32 slotSeconds, uint16 count, uint8 how) external {
        how = how % 4;
        if (how == 0) slotSeconds = 0;
        else if (how == 1) count = 0;
        else if (how == 2) (slotSeconds, count) = (1, uint16(bound(count, 257, type(uint16).max)));
        else (slotSeconds, count) = (uint32(bound(slotSeconds, 24 hours + 1, type(uint32).max)), 1);
        IAppointments.NewDay memory day = _day(NEXT, uint40(NEXT) * 1 days, slotSeconds, count);
        _openExpecting(
            abi.encodeWithSelector(IAppointments.Appointments_BadSlots.selector, NEXT, slotSeconds, count), day
        );
    }

    function testFuzz_RevertWhen_TheDateIsAnother(uint40 firstAt) external {
        uint40 midnight = uint40(NEXT) * 1 days;
        vm.assume(firstAt < midnight - 14 hours || firstAt >= midnight + 36 hours);
        _openExpecting(
            abi.encodeWithSelector(IAppointments.Appointments_OtherDate.selector, NEXT, firstAt),
            _day(NEXT, firstAt, SLOT, SLOTS)
        );
    }

    /// @dev Seconds of the last slots would not fit into 40 bits.
    function test_RevertWhen_TheDateIsBeyondTheClock() external {
        uint40 firstAt = type(uint40).max - 23 hours;
        uint32 day = 12_725_828;
        assertEq(day, firstAt / 1 days);
        _openExpecting(
            abi.encodeWithSelector(IAppointments.Appointments_OtherDate.selector, day, firstAt),
            _day(day, firstAt, SLOT, SLOTS)
        );
    }

    function testFuzz_RevertWhen_TheDayIsPast(uint256 now_) external {
        uint256 lastAt = uint256(NEXT) * 1 days + 7 hours + uint256(SLOTS - 1) * SLOT;
        vm.warp(bound(now_, lastAt, lastAt + 300 days));
        _openExpecting(abi.encodeWithSelector(IAppointments.Appointments_DayPast.selector, practice, NEXT), _day(NEXT));
    }

    function test_OpensADayThatHasBegun() external {
        vm.warp(uint256(NEXT) * 1 days + 7 hours + uint256(SLOTS - 1) * SLOT - 1);
        _open(practice, _day(NEXT));
        _assertDay(_day(NEXT));
    }

    /// @dev The latest that a date can last, in UTC-12 and over midnight, and the earliest that one three dates later begins, in UTC+14.
    function test_RevertGiven_OverlapAcrossThreeDates() external {
        uint40 latest = uint40(NEXT) * 1 days + 36 hours - 1;
        uint40 earliest = uint40(NEXT + 3) * 1 days - 14 hours;
        _open(practice, _day(NEXT, latest, 24 hours, 1));
        _openExpecting(
            abi.encodeWithSelector(IAppointments.Appointments_Overlap.selector, practice, NEXT + 3, NEXT),
            _day(NEXT + 3, earliest, SLOT, SLOTS)
        );
        // One more date, and they cannot meet.
        _open(practice, _day(NEXT + 4, uint40(NEXT + 4) * 1 days - 14 hours, 24 hours, 1));
    }

    function testFuzz_RevertGiven_Overlap(uint256 gap, bool earlier, uint40 firstAt) external {
        gap = bound(gap, 1, 3);
        uint32 other = uint32(earlier ? NEXT - gap : NEXT + gap);
        (uint40 start, uint40 end) = _spread(NEXT, other);
        _open(practice, _day(NEXT, start, 24 hours, 1));
        (uint256 from, uint256 to) = _datesOf(other);
        firstAt = uint40(bound(firstAt, from, to));
        IAppointments.NewDay memory day = _day(other, firstAt, SLOT, SLOTS);
        bool fits = earlier ? firstAt + uint256(SLOT) * SLOTS <= start : firstAt >= end;
        if (fits) {
            _open(practice, day);
            _assertDay(day);
        } else {
            _openExpecting(
                abi.encodeWithSelector(IAppointments.Appointments_Overlap.selector, practice, other, NEXT), day
            );
        }
    }

    /// @dev The interval of `day` that reaches as far as it can towards `other`.
    function _spread(uint32 day, uint32 other) private pure returns (uint40 start, uint40 end) {
        (uint256 from, uint256 to) = _datesOf(day);
        start = uint40(other < day ? from : to);
        end = start + 24 hours;
    }

    /// @dev The first and the last second at which that date can begin to have slots.
    function _datesOf(uint32 day) private pure returns (uint256 from, uint256 to) {
        uint256 midnight = uint256(day) * 1 days;
        return (midnight - 14 hours, midnight + 36 hours - 1);
    }

    function testFuzz_OpensARun(uint256 count, uint40 offset, bytes32 zone) external {
        vm.assume(zone != 0);
        address other = _account("another doctor");
        _enrol(other, PRACTITIONER);
        ResourceId resource = ResourceLibrary.ofPractitioner(other);
        IAppointments.NewDay[] memory newDays = new IAppointments.NewDay[](bound(count, 1, 20));
        offset = uint40(bound(offset, 0, 36 hours - 1));
        for (uint32 i = 0; i < newDays.length; ++i) {
            newDays[i] = _day(NEXT + i, uint40(NEXT + i) * 1 days + offset, 24 hours, 1);
        }
        vm.expectEmit(address(appointments));
        emit IAppointments.ZoneFixed(resource, zone);
        for (uint32 i = 0; i < newDays.length; ++i) {
            vm.expectEmit(address(appointments));
            emit IAppointments.DayOpened(resource, newDays[i].day, newDays[i].firstAt, 24 hours, 1);
        }
        vm.prank(other);
        appointments.open(resource, zone, newDays);
        assertEq(appointments.zoneOf(resource), zone, "zone");
    }

    function testFuzz_KeepsTheDay(uint32 day, uint256 firstAt, uint32 slotSeconds, uint16 count) external {
        day = uint32(bound(day, NEXT, 12_000_000));
        (uint256 from, uint256 to) = _datesOf(day);
        count = uint16(bound(count, 1, 256));
        IAppointments.NewDay memory newDay = _day(
            day, uint40(bound(firstAt, from, to)), uint32(bound(slotSeconds, 1, 24 hours / uint256(count))), count
        );
        vm.recordLogs();
        _open(practice, newDay);
        assertEq(vm.getRecordedLogs().length, 1, "the zone is told once only");
        _assertDay(newDay);
        (uint256 taken, uint256 blockedMask) = appointments.masksOf(practice, day);
        assertEq(taken | blockedMask, 0, "masks");
    }

    /// @dev Days of different resources have nothing to do with each other.
    function test_AnotherResourceMayOverlap() external {
        _open(practice, _day(NEXT));
        _open(machine, _day(NEXT + 1, uint40(NEXT) * 1 days + 12 hours, SLOT, SLOTS));
    }

    function _assertDay(IAppointments.NewDay memory expected) private view {
        IAppointments.Day memory kept = appointments.dayOf(practice, expected.day);
        assertEq(kept.firstAt, expected.firstAt, "first");
        assertEq(kept.slotSeconds, expected.slotSeconds, "length");
        assertEq(kept.count, expected.count, "count");
        assertFalse(kept.closed || kept.hasBlocked, "open");
    }
}
