// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAppointments} from "../../../contracts/interfaces/IAppointments.sol";
import {ResourceId, ResourceLibrary} from "../../../contracts/types/ResourceId.sol";
import {PATIENT, PRACTITIONER} from "../../../contracts/types/Role.sol";
import {DevicesTest} from "../Devices/DevicesTest.sol";

/// @title A doctor with one open day, a machine of the hospital with the same day, three patients; and short words for what they do
abstract contract AppointmentsTest is DevicesTest {
    bytes32 internal constant ZONE = "Europe/Vienna";
    /// @notice 2026-01-08; opened from 08:00 in Vienna.
    uint32 internal constant DAY = 20_461;
    uint40 internal constant FIRST_AT = uint40(DAY) * 1 days + 7 hours;
    uint32 internal constant SLOT = 30 minutes;
    uint16 internal constant SLOTS = 16;
    uint8 internal constant LAST = 15;
    /// @notice A bit for each.
    uint256 internal constant ALL = 0xffff;

    address internal doctor = _account("doctor");
    address internal patient = _account("patient");
    address internal second = _account("second patient");
    address internal third = _account("third patient");
    /// @notice The resources: the doctor, and the machine whose twin (item 0) is the hospital's.
    ResourceId internal practice;
    ResourceId internal machine;

    function setUp() public virtual override {
        super.setUp();
        _enrol(doctor, PRACTITIONER);
        _enrol(patient, PATIENT);
        _enrol(second, PATIENT);
        _enrol(third, PATIENT);
        practice = ResourceLibrary.ofPractitioner(doctor);
        machine = ResourceLibrary.ofMachine(_mint(0, hospital));
        _open(practice, _day(DAY));
        _open(machine, _day(DAY));
    }

    // ------------------------------------------------------------------------------------------------------- the hosts

    /// @notice A day of `SLOTS` half hours from 08:00 in Vienna, in winter.
    function _day(uint32 day) internal pure returns (IAppointments.NewDay memory) {
        return _day(day, uint40(day) * 1 days + 7 hours, SLOT, SLOTS);
    }

    function _day(uint32 day, uint40 firstAt, uint32 slotSeconds, uint16 count)
        internal
        pure
        returns (IAppointments.NewDay memory)
    {
        return IAppointments.NewDay({day: day, firstAt: firstAt, slotSeconds: slotSeconds, count: count});
    }

    function _host(ResourceId resource) internal view returns (address) {
        return resource == machine ? hospital : doctor;
    }

    function _open(ResourceId resource, IAppointments.NewDay memory day) internal {
        IAppointments.NewDay[] memory newDays = new IAppointments.NewDay[](1);
        newDays[0] = day;
        vm.prank(_host(resource));
        appointments.open(resource, ZONE, newDays);
    }

    function _change(IAppointments.NewDay memory to) internal {
        vm.prank(doctor);
        appointments.change(practice, to);
    }

    function _close() internal {
        vm.prank(doctor);
        appointments.close(practice, DAY);
    }

    function _block(uint256 mask) internal {
        vm.prank(doctor);
        appointments.blockSlots(practice, DAY, mask);
    }

    function _unblock(uint256 mask) internal {
        vm.prank(doctor);
        appointments.unblockSlots(practice, DAY, mask);
    }

    function _setLimits(uint16 maxOpen, uint32 noticeSeconds, uint32 offerSeconds) internal {
        vm.prank(doctor);
        appointments.setLimits(
            practice, IAppointments.Limits({maxOpen: maxOpen, noticeSeconds: noticeSeconds, offerSeconds: offerSeconds})
        );
    }

    function _checkIn(uint8 slot) internal {
        vm.prank(doctor);
        appointments.checkIn(practice, DAY, slot, 1);
    }

    function _complete(uint8 slot) internal {
        vm.prank(doctor);
        appointments.complete(practice, DAY, slot, 1);
    }

    function _markNoShow(uint8 slot) internal {
        vm.prank(doctor);
        appointments.markNoShow(practice, DAY, slot, 1);
    }

    // ----------------------------------------------------------------------------------------------------- the patients

    /// @notice What a patient says who knows when the slot starts.
    function _terms(ResourceId resource, uint32 day, uint8 slot) internal view returns (IAppointments.Terms memory) {
        IAppointments.Day memory info = appointments.dayOf(resource, day);
        return IAppointments.Terms({
            startsAt: uint40(info.firstAt + uint256(slot) * info.slotSeconds),
            addressCommitment: keccak256("address and salt"),
            patientCommitment: keccak256("patient and salt")
        });
    }

    function _book(ResourceId resource, address by, uint32 day, uint8 slot) internal {
        IAppointments.Terms memory terms = _terms(resource, day, slot);
        vm.prank(by);
        appointments.book(resource, day, slot, terms);
    }

    function _book(address by, uint8 slot) internal {
        _book(practice, by, DAY, slot);
    }

    function _cancel(address by, uint8 slot, uint32 nonce) internal {
        vm.prank(by);
        appointments.cancel(practice, DAY, slot, nonce);
    }

    function _reschedule(address by, uint8 slot, uint32 newDay, uint8 newSlot) internal {
        IAppointments.Terms memory terms = _terms(practice, newDay, newSlot);
        vm.prank(by);
        appointments.reschedule(practice, DAY, slot, 1, newDay, newSlot, terms);
    }

    function _join(address by) internal returns (uint32 ticket) {
        vm.prank(by);
        ticket = appointments.joinWaitingList(practice, DAY);
    }

    function _leave(address by) internal {
        vm.prank(by);
        appointments.leaveWaitingList(practice, DAY);
    }

    function _accept(address by, uint8 slot) internal {
        IAppointments.Terms memory terms = _terms(practice, DAY, slot);
        vm.prank(by);
        appointments.acceptOffer(practice, DAY, slot, terms);
    }

    /// @notice The patient has slot 0 and all others are blocked, so that the day is full.
    function _fillDay() internal {
        _book(patient, 0);
        _block(ALL & ~uint256(1));
    }

    /// @notice Slot 0 is offered to the second patient, whom the third follows.
    function _offerToSecond() internal {
        _fillDay();
        _join(second);
        _join(third);
        _cancel(patient, 0, 1);
    }

    // ------------------------------------------------------------------------------------------------ what is expected

    function _startOf(uint16 slot) internal pure returns (uint40) {
        return FIRST_AT + uint40(slot) * SLOT;
    }

    function _anySlot(uint256 seed) internal pure returns (uint8) {
        return uint8(bound(seed, 0, SLOTS - 1));
    }

    function _notHost(ResourceId resource, address account) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IAppointments.Appointments_NotHost.selector, resource, account);
    }

    function _noBooking(uint8 slot, uint32 nonce) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IAppointments.Appointments_NoSuchBooking.selector, practice, DAY, slot, nonce);
    }

    function _tooEarly(uint256 from) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IAppointments.Appointments_TooEarly.selector, from);
    }

    function _tooLate(uint40 until) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IAppointments.Appointments_TooLate.selector, until);
    }

    function _unavailable(ResourceId resource, uint32 day) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IAppointments.Appointments_Unavailable.selector, resource, day);
    }

    function _assertBooking(uint8 slot, address holder, IAppointments.Status status, uint32 nonce) internal view {
        IAppointments.Booking memory booking = appointments.bookingOf(practice, DAY, slot);
        assertEq(booking.patient, holder, "holder");
        assertEq(uint8(booking.status), uint8(status), "status");
        assertEq(booking.nonce, nonce, "nonce");
        (uint256 taken,) = appointments.masksOf(practice, DAY);
        assertEq(taken >> slot & 1 == 1, status != IAppointments.Status.Free, "mask");
    }

    function _assertFree(uint8 slot, uint32 nonce) internal view {
        _assertBooking(slot, address(0), IAppointments.Status.Free, nonce);
        assertEq(appointments.bookingOf(practice, DAY, slot).until, 0, "until");
        assertFalse(appointments.bookingOf(practice, DAY, slot).counted, "counted");
    }

    function _assertOffered(uint8 slot, address to, uint40 until) internal view {
        assertEq(appointments.bookingOf(practice, DAY, slot).patient, to, "offered to");
        assertEq(uint8(appointments.bookingOf(practice, DAY, slot).status), uint8(IAppointments.Status.Offered));
        assertEq(appointments.bookingOf(practice, DAY, slot).until, until, "until");
        (uint32 ticket, bool offered, uint8 offeredSlot) = appointments.placeOf(practice, DAY, to);
        assertEq(ticket, 0, "waits no longer");
        assertTrue(offered, "has an offer");
        assertEq(offeredSlot, slot, "which");
    }

    function _assertAnswer(address by, uint8 slot, IAppointments.Answer expected, uint256 expectedMask) internal view {
        (IAppointments.Answer answer, uint256 freeMask) = appointments.answerFor(practice, DAY, slot, by);
        assertEq(uint8(answer), uint8(expected), "answer");
        assertEq(freeMask, expectedMask, "free mask");
    }
}
