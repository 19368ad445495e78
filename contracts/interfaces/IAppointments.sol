// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ResourceId} from "../types/ResourceId.sol";

/// @title Appointments: is this doctor (or machine) free?
/// @notice A resource is a practitioner, kept by its account, or a machine with a twin in `Devices`, kept by the twin's owner. A day is the
/// number of days since 1970-01-01 in the resource's own time zone; it has up to 256 slots of one length, counted from 0, and one bit of a
/// mask stands for a slot: bit 0, the lowest, for slot 0. Times are seconds since 1970-01-01 UTC. Patients are active participants with the
/// role PATIENT under a pseudonymous account. Every verb may come through the forwarder; "caller" is then who signed the request.
///
/// A booking is named by resource, day, slot and its nonce, which counts the bookings that this slot has had: whoever means a booking
/// that is gone by now does not touch the next one.
interface IAppointments {
    /// @notice What {book} would answer. The first five are those of the source paper; the others are plain mistakes, and the limit.
    enum Answer {
        Booked,
        SlotTaken,
        DayFull,
        Unavailable,
        NotRegistered,
        NoSuchSlot,
        SlotPast,
        LimitReached
    }

    /// @notice Where a slot stands. Every status but Free is a bit in the mask of taken slots.
    enum Status {
        Free,
        Offered,
        Booked,
        CheckedIn,
        Completed,
        NoShow
    }

    /// @notice A day to open, or what a day is changed to.
    /// @param day days since 1970-01-01 in the resource's zone
    /// @param firstAt when its first slot starts: on that date somewhere on earth
    /// @param slotSeconds how long a slot is
    /// @param count how many slots, 1 to 256; together at most 24 hours
    struct NewDay {
        uint32 day;
        uint40 firstAt;
        uint32 slotSeconds;
        uint16 count;
    }

    /// @notice An open day; one slot.
    /// @param firstAt when its first slot starts
    /// @param slotSeconds how long a slot is
    /// @param count how many slots; zero for a day never opened
    /// @param closed whether it takes no new bookings
    /// @param hasBlocked whether any slot is blocked, so that a booking need not look
    struct Day {
        uint40 firstAt;
        uint32 slotSeconds;
        uint16 count;
        bool closed;
        bool hasBlocked;
    }

    /// @notice Who has a slot; one slot of storage.
    /// @param patient who booked it, or to whom it is offered; zero when it is free
    /// @param status where it stands
    /// @param nonce how many bookings this slot has had, this one included
    /// @param until the last second at which the patient may cancel the booking, or accept the offer
    /// @param counted whether it counts among the patient's open bookings
    struct Booking {
        address patient;
        Status status;
        uint32 nonce;
        uint40 until;
        bool counted;
    }

    /// @notice The rules of a resource; zero where nothing was set.
    /// @param maxOpen how many open bookings with it a patient may have; zero for no limit
    /// @param noticeSeconds how long before the start a patient may cancel at the latest
    /// @param offerSeconds how long an offer stands; zero for two hours. No offer stands longer than until its slot starts
    struct Limits {
        uint16 maxOpen;
        uint32 noticeSeconds;
        uint32 offerSeconds;
    }

    /// @notice What a patient says of a booking besides where it is to be.
    /// @param startsAt when the slot starts, as the patient knows it: a day that was moved meanwhile is not booked unawares
    /// @param addressCommitment salted commitment to the patient's address
    /// @param patientCommitment salted commitment to the patient
    struct Terms {
        uint40 startsAt;
        bytes32 addressCommitment;
        bytes32 patientCommitment;
    }

    /// @notice The resource opened its first day; all its days are in this zone (IANA name, padded with zeros).
    event ZoneFixed(ResourceId indexed resource, bytes32 zone);
    event LimitsSet(ResourceId indexed resource, uint16 maxOpen, uint32 noticeSeconds, uint32 offerSeconds);
    event DayOpened(ResourceId indexed resource, uint32 indexed day, uint40 firstAt, uint32 slotSeconds, uint16 count);
    event DayChanged(ResourceId indexed resource, uint32 indexed day, uint40 firstAt, uint32 slotSeconds, uint16 count);
    event DayClosed(ResourceId indexed resource, uint32 indexed day);
    event DayReopened(ResourceId indexed resource, uint32 indexed day);
    event SlotsBlocked(ResourceId indexed resource, uint32 indexed day, uint256 mask);
    event SlotsUnblocked(ResourceId indexed resource, uint32 indexed day, uint256 mask);
    /// @notice A slot was booked; `doctor` is the practitioner, or the owner of the machine, that the hash names.
    event Booked(
        ResourceId indexed resource,
        uint32 indexed day,
        address indexed patient,
        uint8 slot,
        uint32 nonce,
        uint40 startsAt,
        address doctor,
        bytes32 bookingHash
    );
    /// @notice A booking was given up, by the patient or the resource. The slot is free again unless {SlotOffered} follows.
    event Cancelled(
        ResourceId indexed resource, uint32 indexed day, address indexed patient, uint8 slot, uint32 nonce, address by
    );
    /// @notice A booking was exchanged for another, told by the {Booked} before it. The old slot is free again unless {SlotOffered} follows.
    event Rescheduled(
        ResourceId indexed resource,
        uint32 indexed day,
        address indexed patient,
        uint8 slot,
        uint32 nonce,
        uint32 newDay,
        uint8 newSlot,
        uint32 newNonce
    );
    event CheckedIn(ResourceId indexed resource, uint32 indexed day, address indexed patient, uint8 slot, uint32 nonce);
    event Completed(ResourceId indexed resource, uint32 indexed day, address indexed patient, uint8 slot, uint32 nonce);
    event NotShown(ResourceId indexed resource, uint32 indexed day, address indexed patient, uint8 slot, uint32 nonce);
    /// @notice The slot is over, nobody said what became of the booking, and it counts no longer among the patient's open ones.
    event Lapsed(ResourceId indexed resource, uint32 indexed day, address indexed patient, uint8 slot, uint32 nonce);
    event WaitingListJoined(ResourceId indexed resource, uint32 indexed day, address indexed patient, uint32 ticket);
    event WaitingListLeft(ResourceId indexed resource, uint32 indexed day, address indexed patient, uint32 ticket);
    /// @notice A freed slot is held for the first who waited, until `until`; who no longer waits from then on.
    event SlotOffered(
        ResourceId indexed resource, uint32 indexed day, address indexed patient, uint8 slot, uint40 until
    );
    /// @notice An offer was declined, ran out, or its patient left. The slot is free again unless {SlotOffered} follows.
    event OfferEnded(ResourceId indexed resource, uint32 indexed day, address indexed patient, uint8 slot);

    // The answers of {book}, as errors. Each mask is of the slots that can be booked now.

    error Appointments_SlotTaken(ResourceId resource, uint32 day, uint8 slot, uint256 freeMask);
    error Appointments_DayFull(ResourceId resource, uint32 day);
    /// @notice The day is not open, or the resource takes no bookings: a practitioner or owner who is not active, a machine that may not move.
    error Appointments_Unavailable(ResourceId resource, uint32 day);
    error Appointments_NotRegistered(address patient);
    error Appointments_NoSuchSlot(ResourceId resource, uint32 day, uint8 slot, uint16 count);
    error Appointments_SlotPast(ResourceId resource, uint32 day, uint8 slot, uint256 freeMask);
    error Appointments_LimitReached(ResourceId resource, address patient, uint16 maxOpen);

    // Others

    /// @notice A booking needs both commitments.
    error Appointments_MissingCommitment();
    /// @notice The slot does not start when the patient said, but at `startsAt`.
    error Appointments_OtherStart(ResourceId resource, uint32 day, uint8 slot, uint40 startsAt);
    /// @notice The caller is not the practitioner, or not the owner of the machine.
    error Appointments_NotHost(ResourceId resource, address account);
    /// @notice Days are opened by an active practitioner, or by the active owner of a machine.
    error Appointments_NotActive(address account);
    error Appointments_NoZone();
    /// @notice All days of the resource are in the zone of its first.
    error Appointments_OtherZone(ResourceId resource, bytes32 zone);
    error Appointments_AlreadyOpen(ResourceId resource, uint32 day);
    error Appointments_NotOpen(ResourceId resource, uint32 day);
    error Appointments_DayClosed(ResourceId resource, uint32 day);
    error Appointments_NotClosed(ResourceId resource, uint32 day);
    /// @notice A day has 1 to 256 slots of at least a second, together at most 24 hours.
    error Appointments_BadSlots(uint32 day, uint32 slotSeconds, uint16 count);
    /// @notice The first slot does not start on that date, wherever on earth the resource is.
    error Appointments_OtherDate(uint32 day, uint40 firstAt);
    /// @notice Not even the last slot is still to start.
    error Appointments_DayPast(ResourceId resource, uint32 day);
    /// @notice The day would run into `neighbour`, which is open as well.
    error Appointments_Overlap(ResourceId resource, uint32 day, uint32 neighbour);
    /// @notice The change would move or drop slots that are taken.
    error Appointments_SlotsInUse(ResourceId resource, uint32 day, uint256 takenMask);
    /// @notice The mask is empty, or has a bit beyond the day's slots.
    error Appointments_BadMask(uint256 mask, uint16 count);
    /// @notice The slot has no such booking: never, no longer, or already completed or not shown.
    error Appointments_NoSuchBooking(ResourceId resource, uint32 day, uint8 slot, uint32 nonce);
    /// @notice The caller is neither its patient nor the resource's host.
    error Appointments_NotEntitled(ResourceId resource, uint32 day, uint8 slot, address account);
    /// @notice The patient could cancel, or accept, until then.
    error Appointments_TooLate(uint40 until);
    /// @notice It is possible from then on.
    error Appointments_TooEarly(uint256 from);
    error Appointments_AlreadyCheckedIn(ResourceId resource, uint32 day, uint8 slot);
    /// @notice The booking does not count among the patient's open ones.
    error Appointments_NotCounted(ResourceId resource, uint32 day, uint8 slot);
    /// @notice The day has free slots: book one.
    error Appointments_DayNotFull(ResourceId resource, uint32 day, uint256 freeMask);
    /// @notice The patient waits already, or has an offer of this day.
    error Appointments_AlreadyWaiting(ResourceId resource, uint32 day, address patient);
    error Appointments_NotWaiting(ResourceId resource, uint32 day, address patient);
    /// @notice The slot is not offered, or not to this patient.
    error Appointments_NotOffered(ResourceId resource, uint32 day, uint8 slot, address patient);

    // The resource's own verbs. Caller: its host, which is the practitioner or the owner of the machine.

    /// @notice Opens days, all in `zone`. Caller: the host, active (a practitioner with that role).
    /// Reverts whole when one of them is open already, past, or would overlap another day of the resource.
    function open(ResourceId resource, bytes32 zone, NewDay[] calldata days_) external;

    /// @notice Gives an open day another beginning, slot length or count. While any slot is taken only the count can change, and not
    /// below a taken slot. Blocked slots stay blocked by number. Caller: the host.
    function change(ResourceId resource, NewDay calldata to) external;

    /// @notice No new bookings of this day; those there are stay. Caller: the host.
    function close(ResourceId resource, uint32 day) external;

    /// @notice New bookings again. Caller: the host.
    function reopen(ResourceId resource, uint32 day) external;

    /// @notice No new bookings of these slots; those there are stay. To drop one for good, block its slot first, so that it is offered to
    /// nobody, and cancel then. Caller: the host.
    function blockSlots(ResourceId resource, uint32 day, uint256 mask) external;

    /// @notice New bookings again; who comes first has them, on the waiting list or not. Caller: the host.
    function unblockSlots(ResourceId resource, uint32 day, uint256 mask) external;

    /// @notice Sets the rules for bookings from now on. Caller: the host.
    function setLimits(ResourceId resource, Limits calldata limits) external;

    /// @notice Says that the patient has come. Caller: the host.
    function checkIn(ResourceId resource, uint32 day, uint8 slot, uint32 nonce) external;

    /// @notice Says that the appointment took place, from its start on. Caller: the host.
    function complete(ResourceId resource, uint32 day, uint8 slot, uint32 nonce) external;

    /// @notice Says that the patient did not come, from the slot's end on, unless checked in. Caller: the host.
    function markNoShow(ResourceId resource, uint32 day, uint8 slot, uint32 nonce) external;

    // The patient's verbs

    /// @notice Books a slot. Caller: a patient. Reverts with the error of {answerFor} unless that is Booked.
    function book(ResourceId resource, uint32 day, uint8 slot, Terms calldata terms) external;

    /// @notice Gives a booking up; the slot goes to the next who waits, or is free. Caller: its patient, active or not, as long as the notice
    /// allows, or the resource's host at any time until it is completed or not shown.
    function cancel(ResourceId resource, uint32 day, uint8 slot, uint32 nonce) external;

    /// @notice Exchanges a booking for another slot of the same resource, or changes nothing. Caller: its patient, as long as it may cancel.
    /// Both count as one, so the limit is not asked.
    function reschedule(
        ResourceId resource,
        uint32 day,
        uint8 slot,
        uint32 nonce,
        uint32 newDay,
        uint8 newSlot,
        Terms calldata terms
    ) external;

    /// @notice Waits for a slot of a full day. Caller: a patient.
    function joinWaitingList(ResourceId resource, uint32 day) external returns (uint32 ticket);

    /// @notice Waits no longer, and declines what is offered of this day. Caller: who waits, active or not.
    function leaveWaitingList(ResourceId resource, uint32 day) external;

    /// @notice Books the slot that is offered to the caller. Reverts as {book} does.
    function acceptOffer(ResourceId resource, uint32 day, uint8 slot, Terms calldata terms) external;

    // Anyone's verbs

    /// @notice Moves an offer that ran out, or whose patient is no longer active, on by one: to the next who waits, or the slot is free.
    function moveOfferOn(ResourceId resource, uint32 day, uint8 slot) external;

    /// @notice Stops counting a booking whose slot is over among the patient's open ones; what became of it can still be said.
    function lapse(ResourceId resource, uint32 day, uint8 slot, uint32 nonce) external;

    // Views

    /// @notice What {book} by `patient` would answer now, and the slots that can be booked, none unless the day can be.
    /// An offer to the patient is taken like any other; see {acceptOffer}.
    function answerFor(ResourceId resource, uint32 day, uint8 slot, address patient)
        external
        view
        returns (Answer answer, uint256 freeMask);

    /// @notice The practitioner, or the owner of the machine; reverts as ERC-721 does for a machine without twin.
    function hostOf(ResourceId resource) external view returns (address);
    /// @notice The IANA name of the zone, padded with zeros; zero before the first day was opened.
    function zoneOf(ResourceId resource) external view returns (bytes32);
    function limitsOf(ResourceId resource) external view returns (Limits memory);
    function dayOf(ResourceId resource, uint32 day) external view returns (Day memory);
    /// @notice The slots that are booked, offered or used, and those that are blocked.
    function masksOf(ResourceId resource, uint32 day) external view returns (uint256 takenMask, uint256 blockedMask);
    function bookingOf(ResourceId resource, uint32 day, uint8 slot) external view returns (Booking memory);
    /// @notice How many bookings of the patient count as open with this resource.
    function openBookingsOf(ResourceId resource, address patient) external view returns (uint256);
    /// @notice How many wait, and who is next (zero for nobody).
    function waitingOf(ResourceId resource, uint32 day) external view returns (uint32 length, address next);
    /// @notice The patient's ticket, zero when it does not wait; and whether a slot is offered to it, and which.
    function placeOf(ResourceId resource, uint32 day, address patient)
        external
        view
        returns (uint32 ticket, bool offered, uint8 slot);

    /// @notice The booking hash: SHA-256 of abi.encode(address commitment, patient commitment, doctor, second at which the slot starts,
    /// day, nonce), each in 32 bytes.
    function hashOf(Terms calldata terms, address doctor, uint32 day, uint32 nonce) external pure returns (bytes32);
}
