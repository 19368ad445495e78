// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAppointments} from "../../../contracts/interfaces/IAppointments.sol";
import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IMdsProfiles} from "../../../contracts/interfaces/IMdsProfiles.sol";
import {CODEC_RAW, Content} from "../../../contracts/types/Content.sol";
import {Mode, Status} from "../../../contracts/types/MdsState.sol";
import {ResourceId} from "../../../contracts/types/ResourceId.sol";
import {PATIENT, PROVIDER, Role} from "../../../contracts/types/Role.sol";
import {AppointmentsTest} from "./AppointmentsTest.sol";

contract Appointments_Book_Test is AppointmentsTest {
    function _bookExpecting(bytes memory expected, ResourceId resource, address by, uint32 day, uint8 slot) private {
        IAppointments.Terms memory terms = _terms(resource, day, slot);
        vm.expectRevert(expected);
        vm.prank(by);
        appointments.book(resource, day, slot, terms);
    }

    function _bookExpecting(bytes memory expected, address by, uint8 slot) private {
        _bookExpecting(expected, practice, by, DAY, slot);
    }

    function _taken(uint8 slot, uint256 freeMask) private view returns (bytes memory) {
        return abi.encodeWithSelector(IAppointments.Appointments_SlotTaken.selector, practice, DAY, slot, freeMask);
    }

    function testFuzz_RevertGiven_NotRegistered(uint8 way, uint8 slot) external {
        slot = _anySlot(slot);
        address by = patient;
        if (way % 4 == 0) by = stranger;
        else if (way % 4 == 1) by = doctor;
        else if (way % 4 == 2) _suspend(patient);
        else vm.warp(START + 4000 days);
        _assertAnswer(by, slot, IAppointments.Answer.NotRegistered, 0);
        _bookExpecting(abi.encodeWithSelector(IAppointments.Appointments_NotRegistered.selector, by), by, slot);
    }

    function testFuzz_RevertGiven_NotOpen(uint32 day, uint8 slot, bool ofMachine) external {
        vm.assume(day != DAY);
        ResourceId resource = ofMachine ? machine : practice;
        (IAppointments.Answer answer, uint256 freeMask) = appointments.answerFor(resource, day, slot, patient);
        assertEq(uint8(answer), uint8(IAppointments.Answer.Unavailable));
        assertEq(freeMask, 0);
        _bookExpecting(_unavailable(resource, day), resource, patient, day, slot);
    }

    /// @dev A resource that never was: no twin is asked for, so the answer is no error of another room.
    function testFuzz_RevertGiven_NoSuchResource(ResourceId resource, uint32 day, uint8 slot) external {
        vm.assume(!(resource == practice) && !(resource == machine));
        (IAppointments.Answer answer,) = appointments.answerFor(resource, day, slot, patient);
        assertEq(uint8(answer), uint8(IAppointments.Answer.Unavailable));
        _bookExpecting(_unavailable(resource, day), resource, patient, day, slot);
    }

    function testFuzz_RevertGiven_ThePractitionerIsNone(uint8 way, uint8 slot) external {
        slot = _anySlot(slot);
        if (way % 2 == 0) _suspend(doctor);
        else _enrol(doctor, PROVIDER);
        _assertAnswer(patient, slot, IAppointments.Answer.Unavailable, 0);
        _bookExpecting(_unavailable(practice, DAY), patient, slot);
    }

    function testFuzz_RevertGiven_TheMachineMayNotMove(uint256 way, uint8 slot) external {
        slot = _anySlot(slot);
        _makeImmovable(0, bound(way, 0, WAYS - 1));
        _bookExpecting(_unavailable(machine, DAY), machine, patient, DAY, slot);
    }

    function test_BooksAMachineThatMayMoveAgain() external {
        _makeImmovable(0, 4);
        _bookExpecting(_unavailable(machine, DAY), machine, patient, DAY, 0);
        vm.prank(maker);
        custody.release(_item(0), maker, EVIDENCE);
        _book(machine, patient, DAY, 0);
        assertEq(appointments.bookingOf(machine, DAY, 0).patient, patient);
    }

    /// @dev Its profile says so; what is booked already stays booked.
    function testFuzz_BooksAMachineOnlyWhileItIsInUse(uint256 choices, uint8 slot) external {
        slot = uint8(bound(slot, 1, LAST));
        Status status = Status(choices % 4);
        Mode mode = Mode(choices / 4 % 4);
        _book(machine, second, DAY, 0);
        _writeProfile(1, status, mode);
        if (mode == Mode.Mtn || status == Status.Inactive || status == Status.EnteredInError) {
            (IAppointments.Answer answer, uint256 freeMask) = appointments.answerFor(machine, DAY, slot, patient);
            assertEq(uint8(answer), uint8(IAppointments.Answer.Unavailable), "answer");
            assertEq(freeMask, 0, "nothing is free");
            _bookExpecting(_unavailable(machine, DAY), machine, patient, DAY, slot);
            _writeProfile(2, Status.Active, Mode.Nml);
        }
        _book(machine, patient, DAY, slot);
        assertEq(appointments.bookingOf(machine, DAY, slot).patient, patient, "usable again");
        assertEq(appointments.bookingOf(machine, DAY, 0).patient, second, "booked before");
    }

    function _writeProfile(uint32 version, Status status, Mode mode) private {
        IMdsProfiles.Update memory next = IMdsProfiles.Update({
            item: _item(0),
            version: version,
            status: status,
            reasons: 0,
            mode: mode,
            hoursRun: version,
            cycles: 0,
            content: Content({digest: keccak256("profile"), codec: CODEC_RAW})
        });
        vm.prank(hospital);
        profiles.update(next);
    }

    function test_RevertGiven_TheOwnerIsSuspended() external {
        _suspend(hospital);
        _bookExpecting(_unavailable(machine, DAY), machine, patient, DAY, 0);
    }

    function testFuzz_RevertWhen_BeyondTheDay(uint8 slot) external {
        slot = uint8(bound(slot, SLOTS, 255));
        _assertAnswer(patient, slot, IAppointments.Answer.NoSuchSlot, ALL);
        _bookExpecting(
            abi.encodeWithSelector(IAppointments.Appointments_NoSuchSlot.selector, practice, DAY, slot, SLOTS),
            patient,
            slot
        );
    }

    function testFuzz_RevertWhen_TheSlotHasStarted(uint8 slot, uint256 now_) external {
        slot = _anySlot(slot);
        vm.warp(bound(now_, _startOf(slot), _startOf(SLOTS) + 1 days));
        uint256 free = 0;
        for (uint8 i = 0; i < SLOTS; ++i) {
            if (_startOf(i) > block.timestamp) free |= uint256(1) << i;
        }
        _assertAnswer(patient, slot, IAppointments.Answer.SlotPast, free);
        _bookExpecting(
            abi.encodeWithSelector(IAppointments.Appointments_SlotPast.selector, practice, DAY, slot, free),
            patient,
            slot
        );
    }

    function test_BooksUntilTheLastSecond() external {
        vm.warp(_startOf(3) - 1);
        _book(patient, 3);
        _assertBooking(3, patient, IAppointments.Status.Booked, 1);
    }

    function testFuzz_RevertGiven_TheDayIsFull(uint8 slot) external {
        slot = _anySlot(slot);
        _fillDay();
        _assertAnswer(second, slot, IAppointments.Answer.DayFull, 0);
        _bookExpecting(abi.encodeWithSelector(IAppointments.Appointments_DayFull.selector, practice, DAY), second, slot);
    }

    function testFuzz_RevertGiven_Taken(uint8 slot) external {
        slot = _anySlot(slot);
        uint256 free = ALL & ~(uint256(1) << slot);
        _book(patient, slot);
        _assertAnswer(second, slot, IAppointments.Answer.SlotTaken, free);
        _bookExpecting(_taken(slot, free), second, slot);
        _bookExpecting(_taken(slot, free), patient, slot);
    }

    function testFuzz_RevertGiven_Blocked(uint8 slot) external {
        slot = _anySlot(slot);
        uint256 free = ALL & ~(uint256(1) << slot);
        _block(uint256(1) << slot);
        _assertAnswer(second, slot, IAppointments.Answer.SlotTaken, free);
        _bookExpecting(_taken(slot, free), second, slot);
    }

    /// @dev Held for the second patient, who accepts it by another verb; the free slots are what the others may choose from.
    function test_RevertGiven_Offered() external {
        _offerToSecond();
        _unblock(ALL);
        uint256 free = ALL & ~uint256(1);
        _assertAnswer(second, 0, IAppointments.Answer.SlotTaken, free);
        _bookExpecting(_taken(0, free), second, 0);
        _bookExpecting(_taken(0, free), third, 0);
    }

    function testFuzz_RevertGiven_TheLimit(uint16 maxOpen) external {
        maxOpen = uint16(bound(maxOpen, 1, SLOTS - 1));
        _setLimits(maxOpen, 0, 0);
        for (uint8 slot = 0; slot < maxOpen; ++slot) {
            _book(patient, slot);
            assertEq(appointments.openBookingsOf(practice, patient), slot + 1);
        }
        uint8 last = LAST;
        (IAppointments.Answer answer,) = appointments.answerFor(practice, DAY, last, patient);
        assertEq(uint8(answer), uint8(IAppointments.Answer.LimitReached));
        _bookExpecting(
            abi.encodeWithSelector(IAppointments.Appointments_LimitReached.selector, practice, patient, maxOpen),
            patient,
            last
        );
        _book(second, last);
        _cancel(patient, 0, 1);
        _book(patient, 0);
        assertEq(appointments.openBookingsOf(practice, patient), maxOpen);
    }

    function testFuzz_RevertWhen_AnotherTimeIsMeant(uint8 slot, uint40 startsAt) external {
        slot = _anySlot(slot);
        vm.assume(startsAt != _startOf(slot));
        IAppointments.Terms memory terms = _terms(practice, DAY, slot);
        terms.startsAt = startsAt;
        vm.expectRevert(
            abi.encodeWithSelector(IAppointments.Appointments_OtherStart.selector, practice, DAY, slot, _startOf(slot))
        );
        vm.prank(patient);
        appointments.book(practice, DAY, slot, terms);
    }

    function testFuzz_RevertWhen_ACommitmentIsMissing(bool ofAddress) external {
        IAppointments.Terms memory terms = _terms(practice, DAY, 0);
        if (ofAddress) terms.addressCommitment = 0;
        else terms.patientCommitment = 0;
        vm.expectRevert(IAppointments.Appointments_MissingCommitment.selector);
        vm.prank(patient);
        appointments.book(practice, DAY, 0, terms);
    }

    function testFuzz_Books(uint8 slot, bytes32 addressCommitment, bytes32 patientCommitment, bool ofMachine) external {
        vm.assume(addressCommitment != 0 && patientCommitment != 0);
        slot = _anySlot(slot);
        ResourceId resource = ofMachine ? machine : practice;
        address host = _host(resource);
        IAppointments.Terms memory terms = IAppointments.Terms(_startOf(slot), addressCommitment, patientCommitment);
        bytes32 bookingHash = sha256(
            abi.encodePacked(
                addressCommitment,
                patientCommitment,
                uint256(uint160(host)),
                uint256(_startOf(slot)),
                uint256(DAY),
                uint256(1)
            )
        );
        assertEq(appointments.hashOf(terms, host, DAY, 1), bookingHash, "hash");
        vm.expectEmit(address(appointments));
        emit IAppointments.Booked(resource, DAY, patient, slot, 1, _startOf(slot), host, bookingHash);
        vm.prank(patient);
        appointments.book(resource, DAY, slot, terms);

        IAppointments.Booking memory booking = appointments.bookingOf(resource, DAY, slot);
        assertEq(booking.patient, patient, "patient");
        assertEq(uint8(booking.status), uint8(IAppointments.Status.Booked), "status");
        assertEq(booking.nonce, 1, "nonce");
        assertEq(booking.until, _startOf(slot) - 1, "until");
        assertFalse(booking.counted, "there is no limit");
        (uint256 taken,) = appointments.masksOf(resource, DAY);
        assertEq(taken, uint256(1) << slot, "mask");
    }

    /// @dev The same slot, patient and salts, another hash: the nonce tells bookings of a slot apart.
    function test_AHashIsNeverRepeated() external {
        IAppointments.Terms memory terms = _terms(practice, DAY, 0);
        _book(patient, 0);
        _cancel(patient, 0, 1);
        bytes32 bookingHash = appointments.hashOf(terms, doctor, DAY, 2);
        assertNotEq(bookingHash, appointments.hashOf(terms, doctor, DAY, 1));
        vm.expectEmit(address(appointments));
        emit IAppointments.Booked(practice, DAY, patient, 0, 2, _startOf(0), doctor, bookingHash);
        _book(patient, 0);
    }

    /// @dev In any state of day, host and patient: booking does exactly what was answered the moment before.
    function testFuzz_DoesWhatWasAnswered(uint256 seed, uint8 slot, uint256 taken, uint256 blockedMask) external {
        slot = uint8(bound(slot, 0, SLOTS + 1));
        if (seed & 1 == 0) _setLimits(uint16(1 + (seed >> 1 & 1)), 0, 0);
        for (uint8 i = 0; i < SLOTS; ++i) {
            if (taken >> i & 1 == 1) _book(second, i);
            if (seed & 1 == 0 && appointments.openBookingsOf(practice, second) > (seed >> 1 & 1)) break;
        }
        if (seed >> 2 & 1 == 1) _book(patient, _firstFree());
        if (blockedMask & ALL != 0) _block(blockedMask & ALL);
        if (seed >> 3 & 7 == 0) _close();
        if (seed >> 6 & 7 == 0) _suspend(doctor);
        if (seed >> 9 & 7 == 0) _suspend(patient);
        if (seed >> 12 & 1 == 0) vm.warp(uint256(FIRST_AT) + (seed >> 13) % (uint256(SLOT) * (SLOTS + 1)));
        _assertBookingIsAnswered(slot);
    }

    function _firstFree() private view returns (uint8 slot) {
        (uint256 taken,) = appointments.masksOf(practice, DAY);
        while (taken >> slot & 1 == 1) ++slot;
        // All taken: the caller's booking would fail, so another slot does no harm.
        if (slot >= SLOTS) vm.assume(false);
    }

    function _assertBookingIsAnswered(uint8 slot) private {
        (IAppointments.Answer answer, uint256 freeMask) = appointments.answerFor(practice, DAY, slot, patient);
        IAppointments.Terms memory terms = _terms(practice, DAY, slot);
        vm.prank(patient);
        (bool booked, bytes memory result) =
            address(appointments).call(abi.encodeCall(IAppointments.book, (practice, DAY, slot, terms)));
        assertEq(booked, answer == IAppointments.Answer.Booked, "booked");
        if (booked) assertEq(freeMask >> slot & 1, 1, "was free");
        else assertEq(result, _errorOf(answer, slot, freeMask), "error");
    }

    function _errorOf(IAppointments.Answer answer, uint8 slot, uint256 freeMask) private view returns (bytes memory) {
        if (answer == IAppointments.Answer.SlotTaken) return _taken(slot, freeMask);
        if (answer == IAppointments.Answer.DayFull) {
            return abi.encodeWithSelector(IAppointments.Appointments_DayFull.selector, practice, DAY);
        }
        if (answer == IAppointments.Answer.Unavailable) return _unavailable(practice, DAY);
        if (answer == IAppointments.Answer.NotRegistered) {
            return abi.encodeWithSelector(IAppointments.Appointments_NotRegistered.selector, patient);
        }
        if (answer == IAppointments.Answer.NoSuchSlot) {
            return abi.encodeWithSelector(IAppointments.Appointments_NoSuchSlot.selector, practice, DAY, slot, SLOTS);
        }
        if (answer == IAppointments.Answer.SlotPast) {
            return abi.encodeWithSelector(IAppointments.Appointments_SlotPast.selector, practice, DAY, slot, freeMask);
        }
        uint16 maxOpen = appointments.limitsOf(practice).maxOpen;
        return abi.encodeWithSelector(IAppointments.Appointments_LimitReached.selector, practice, patient, maxOpen);
    }
}
