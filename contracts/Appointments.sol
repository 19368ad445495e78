// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAppointments} from "./interfaces/IAppointments.sol";
import {ICustody} from "./interfaces/ICustody.sol";
import {IDevices} from "./interfaces/IDevices.sol";
import {IMdsProfiles} from "./interfaces/IMdsProfiles.sol";
import {IParticipants} from "./interfaces/IParticipants.sol";
import {DaySlots} from "./libraries/DaySlots.sol";
import {WaitingList} from "./libraries/WaitingList.sol";
import {IdLibrary, ItemId} from "./types/Ids.sol";
import {ResourceId} from "./types/ResourceId.sol";
import {PATIENT, PRACTITIONER} from "./types/Role.sol";
import {IERC721} from "@openzeppelin/contracts/interfaces/IERC721.sol";
import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {Context} from "@openzeppelin/contracts/utils/Context.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Appointments: is this doctor (or machine) free?
///
/// TRUST ASSUMPTIONS
///
/// One holder. A slot has one booking record, and only a free slot is booked, so two people never hold one slot. Nobody, the host and
/// every administrator included, can put a patient into a slot or hand a booking to another: the host can only cancel.
///
/// The host says whether a patient came. It alone checks in, completes and marks a no-show, and who is wronged has only the record of
/// the event to show. What the host leaves unsaid harms nobody: after the slot anyone can end its counting.
///
/// Waiting. Freed slots go to the waiting list in order of joining, and the host cannot choose among those who wait. It can go round them
/// all: block a slot, cancel, and unblock at a moment that it tells one of them. Nothing that a chain can see distinguishes that from
/// honest planning. What is offered stands for a time that the host sets, and at most until the slot starts.
///
/// Hoarding. The limit is per account. That one person has few accounts is the registrar's part, who enrols them. Booking and
/// cancelling in turn costs whoever pays the gas; a relayer limits what it pays for.
///
/// Rules may change at any time, but those of the moment of booking hold for a booking: how long it can be cancelled, and whether it
/// counts. A day moves only while nothing on it is taken, and a patient says when the slot starts, so nobody books another hour than meant.
///
/// Suspension. A host that is suspended takes no bookings; those there are can be cancelled. It still keeps its calendar, and a patient that
/// is suspended can still give up what it has.
///
/// A machine is its owner's: with the title the days, bookings and rules go to the next owner; the zone stays, since days of two zones
/// would mix. It can be booked only while `Custody` lets it move. A recall after that cancels nothing by itself: whoever comes for a
/// machine asks `Custody` on the day.
///
/// Time zones are settled off chain; here a day needs to start on its date somewhere on earth. A host that lies about its zone misleads
/// those who read the date, not those who read the second of the slot, which the booking hash names.
///
/// The forwarder is OpenZeppelin's, unchanged: it passes on only what the account signed, once. A caller that is not the forwarder
/// gains nothing by appending an address to its call.
///
/// Privacy. Bookings are of pseudonymous accounts. One account used with several doctors shows that one person sees them all; a wallet
/// takes an account for each. The commitments are in the call data, salted, and open only to whom the salts are told.
contract Appointments is IAppointments, ERC2771Context, Multicall {
    using DaySlots for Day;
    using WaitingList for WaitingList.List;

    /// @dev What is set once for a resource, and what at any time.
    struct Rules {
        bytes32 zone;
        Limits limits;
    }

    /// @dev How many counted bookings a patient has with a resource; `known` keeps the slot from being emptied and paid for anew.
    struct Tally {
        uint16 open;
        bool known;
    }

    /// @dev An offer that stands.
    struct Offer {
        bool standing;
        uint8 slot;
    }

    /// @dev All of a day. A booking reads the first slot, writes the second, and takes one of `bookings`.
    /// @param info the day as its host opened it
    /// @param taken a bit for every slot whose booking is not Free
    /// @param blockedMask a bit for every slot that the host blocked
    struct Calendar {
        Day info;
        uint256 taken;
        uint256 blockedMask;
        mapping(uint8 slot => Booking booking) bookings;
        WaitingList.List waiting;
        mapping(address patient => Offer offer) offers;
    }

    /// @notice How long an offer stands where the host has set nothing.
    uint32 public constant DEFAULT_OFFER_SECONDS = 2 hours;

    /// @dev A date begins first at UTC+14 (Kiritimati) and ends last at UTC-12.
    uint256 private constant EARLIEST_ZONE = 14 hours;
    uint256 private constant LATEST_ZONE = 12 hours;
    uint256 private constant MAX_DAY_SECONDS = 24 hours;
    /// @dev Days further apart than this cannot overlap. Day D starts in [D·24h − 14h, D·24h + 36h) and ends at most 24 hours later, so
    /// before D·24h + 60h; day D + 4 starts at D·24h + 82h at the earliest. (D + 3 starts at D·24h + 58h, so three neighbours are needed.)
    uint32 private constant NEIGHBOURS = 3;

    /// @notice Who is active.
    IParticipants public immutable PARTICIPANTS;
    /// @notice Which machines may move.
    ICustody public immutable CUSTODY;
    /// @notice Whose the machines are.
    IDevices public immutable DEVICES;
    /// @notice Which machines are in use.
    IMdsProfiles public immutable PROFILES;

    mapping(ResourceId resource => Rules rules) private _rules;
    mapping(ResourceId resource => mapping(uint32 day => Calendar calendar)) private _calendars;
    mapping(ResourceId resource => mapping(address patient => Tally tally)) private _tallies;

    constructor(
        IParticipants participants,
        ICustody custody,
        IDevices devices,
        IMdsProfiles profiles,
        address forwarder
    ) ERC2771Context(forwarder) {
        PARTICIPANTS = participants;
        CUSTODY = custody;
        DEVICES = devices;
        PROFILES = profiles;
    }

    // ------------------------------------------------------------------------------------------------- verbs: the host

    /// @inheritdoc IAppointments
    function open(ResourceId resource, bytes32 zone, NewDay[] calldata days_) external {
        address host = _checkHost(resource);
        if (!_isHostActive(resource, host)) revert Appointments_NotActive(host);
        _keepZone(resource, zone);

        for (uint256 i = 0; i < days_.length; ++i) {
            NewDay calldata one = days_[i];
            Day storage info = _calendarOf(resource, one.day).info;
            if (info.count != 0) revert Appointments_AlreadyOpen(resource, one.day);
            _checkTimes(resource, one);

            (info.firstAt, info.slotSeconds, info.count) = (one.firstAt, one.slotSeconds, one.count);

            emit DayOpened(resource, one.day, one.firstAt, one.slotSeconds, one.count);
        }
    }

    /// @inheritdoc IAppointments
    function change(ResourceId resource, NewDay calldata to) external {
        _checkHost(resource);
        Calendar storage calendar = _openCalendar(resource, to.day);
        Day storage info = calendar.info;
        uint256 taken = calendar.taken;
        bool moves = info.firstAt != to.firstAt || info.slotSeconds != to.slotSeconds;
        // A shift by 256 leaves nothing, which is right.
        if (moves ? taken != 0 : taken >> to.count != 0) revert Appointments_SlotsInUse(resource, to.day, taken);
        _checkTimes(resource, to);

        (info.firstAt, info.slotSeconds, info.count) = (to.firstAt, to.slotSeconds, to.count);

        emit DayChanged(resource, to.day, to.firstAt, to.slotSeconds, to.count);
    }

    /// @inheritdoc IAppointments
    function close(ResourceId resource, uint32 day) external {
        _checkHost(resource);
        Calendar storage calendar = _openCalendar(resource, day);
        if (calendar.info.closed) revert Appointments_DayClosed(resource, day);

        calendar.info.closed = true;

        emit DayClosed(resource, day);
    }

    /// @inheritdoc IAppointments
    function reopen(ResourceId resource, uint32 day) external {
        _checkHost(resource);
        Calendar storage calendar = _openCalendar(resource, day);
        if (!calendar.info.closed) revert Appointments_NotClosed(resource, day);

        calendar.info.closed = false;

        emit DayReopened(resource, day);
    }

    /// @inheritdoc IAppointments
    function blockSlots(ResourceId resource, uint32 day, uint256 mask) external {
        Calendar storage calendar = _calendarToMask(resource, day, mask);
        // No check whether they are taken or blocked: those there are stay, and twice blocked is blocked.

        calendar.blockedMask |= mask;
        calendar.info.hasBlocked = true;

        emit SlotsBlocked(resource, day, mask);
    }

    /// @inheritdoc IAppointments
    function unblockSlots(ResourceId resource, uint32 day, uint256 mask) external {
        Calendar storage calendar = _calendarToMask(resource, day, mask);

        uint256 left = calendar.blockedMask & ~mask;
        calendar.blockedMask = left;
        calendar.info.hasBlocked = left != 0;

        emit SlotsUnblocked(resource, day, mask);
    }

    /// @inheritdoc IAppointments
    function setLimits(ResourceId resource, Limits calldata limits) external {
        _checkHost(resource);

        _rules[resource].limits = limits;

        emit LimitsSet(resource, limits.maxOpen, limits.noticeSeconds, limits.offerSeconds);
    }

    /// @inheritdoc IAppointments
    function checkIn(ResourceId resource, uint32 day, uint8 slot, uint32 nonce) external {
        _checkHost(resource);
        Booking storage booking = _liveBooking(resource, day, slot, nonce);
        if (booking.status == Status.CheckedIn) revert Appointments_AlreadyCheckedIn(resource, day, slot);
        // No check of the time: it takes nothing from the patient, who may cancel as before.

        booking.status = Status.CheckedIn;

        emit CheckedIn(resource, day, booking.patient, slot, nonce);
    }

    /// @inheritdoc IAppointments
    function complete(ResourceId resource, uint32 day, uint8 slot, uint32 nonce) external {
        _checkHost(resource);
        Booking storage booking = _liveBooking(resource, day, slot, nonce);
        _checkFrom(_infoOf(_calendarOf(resource, day)).startOf(slot));

        _uncount(resource, booking);
        booking.status = Status.Completed;

        emit Completed(resource, day, booking.patient, slot, nonce);
    }

    /// @inheritdoc IAppointments
    function markNoShow(ResourceId resource, uint32 day, uint8 slot, uint32 nonce) external {
        _checkHost(resource);
        Booking storage booking = _liveBooking(resource, day, slot, nonce);
        if (booking.status == Status.CheckedIn) revert Appointments_AlreadyCheckedIn(resource, day, slot);
        _checkFrom(_infoOf(_calendarOf(resource, day)).startOf(uint256(slot) + 1));

        _uncount(resource, booking);
        booking.status = Status.NoShow;

        emit NotShown(resource, day, booking.patient, slot, nonce);
    }

    // ---------------------------------------------------------------------------------------------- verbs: the patient

    /// @inheritdoc IAppointments
    function book(ResourceId resource, uint32 day, uint8 slot, Terms calldata terms) external {
        address patient = _msgSender();
        _checkPlace(resource, day, slot, patient, 0);

        bool counted = _count(resource, patient);
        _take(resource, day, slot, patient, counted, terms);
    }

    /// @inheritdoc IAppointments
    function cancel(ResourceId resource, uint32 day, uint8 slot, uint32 nonce) external {
        Booking storage booking = _liveBooking(resource, day, slot, nonce);
        (address patient, address caller) = (booking.patient, _msgSender());
        if (caller != hostOf(resource)) {
            if (caller != patient) revert Appointments_NotEntitled(resource, day, slot, caller);
            _checkUntil(booking.until);
        }
        // No check of participants: giving up a slot must always be possible.

        _uncount(resource, booking);
        emit Cancelled(resource, day, patient, slot, nonce, caller);
        _passOn(resource, day, slot);
    }

    /// @inheritdoc IAppointments
    function reschedule(
        ResourceId resource,
        uint32 day,
        uint8 slot,
        uint32 nonce,
        uint32 newDay,
        uint8 newSlot,
        Terms calldata terms
    ) external {
        Booking storage booking = _liveBooking(resource, day, slot, nonce);
        address patient = _msgSender();
        if (booking.patient != patient) revert Appointments_NotEntitled(resource, day, slot, patient);
        _checkUntil(booking.until);
        _checkPlace(resource, newDay, newSlot, patient, 0);

        // The new booking counts as the old one did, so the tally stays.
        uint32 newNonce = _take(resource, newDay, newSlot, patient, booking.counted, terms);
        emit Rescheduled(resource, day, patient, slot, nonce, newDay, newSlot, newNonce);
        _passOn(resource, day, slot);
    }

    /// @inheritdoc IAppointments
    function joinWaitingList(ResourceId resource, uint32 day) external returns (uint32 ticket) {
        address patient = _msgSender();
        Calendar storage calendar = _calendarOf(resource, day);
        if (!PARTICIPANTS.isActiveAs(patient, PATIENT)) revert Appointments_NotRegistered(patient);
        Day memory info = _infoOf(calendar);
        if (!_takesBookings(resource, info)) revert Appointments_Unavailable(resource, day);
        if (info.startingAfter(block.timestamp) == 0) revert Appointments_DayPast(resource, day);
        uint256 free = _bookable(calendar, info, calendar.taken);
        if (free != 0) revert Appointments_DayNotFull(resource, day, free);
        if (calendar.waiting.ticketOf[patient] != 0 || calendar.offers[patient].standing) {
            revert Appointments_AlreadyWaiting(resource, day, patient);
        }

        ticket = calendar.waiting.join(patient);

        emit WaitingListJoined(resource, day, patient, ticket);
    }

    /// @inheritdoc IAppointments
    function leaveWaitingList(ResourceId resource, uint32 day) external {
        address patient = _msgSender();
        Calendar storage calendar = _calendarOf(resource, day);
        uint32 ticket = calendar.waiting.ticketOf[patient];
        Offer memory offer = calendar.offers[patient];
        // Never both: an offer takes its patient off the list, and who has one cannot join.
        if (offer.standing) {
            _endOffer(resource, day, offer.slot);
            return;
        }
        if (ticket == 0) revert Appointments_NotWaiting(resource, day, patient);

        calendar.waiting.remove(ticket);

        emit WaitingListLeft(resource, day, patient, ticket);
    }

    /// @inheritdoc IAppointments
    function acceptOffer(ResourceId resource, uint32 day, uint8 slot, Terms calldata terms) external {
        address patient = _msgSender();
        Calendar storage calendar = _calendarOf(resource, day);
        Booking storage booking = calendar.bookings[slot];
        if (booking.status != Status.Offered || booking.patient != patient) {
            revert Appointments_NotOffered(resource, day, slot, patient);
        }
        _checkUntil(booking.until);
        _checkPlace(resource, day, slot, patient, _bit(slot));

        delete calendar.offers[patient];
        bool counted = _count(resource, patient);
        _take(resource, day, slot, patient, counted, terms);
    }

    // -------------------------------------------------------------------------------------------------- verbs: anyone

    /// @inheritdoc IAppointments
    function moveOfferOn(ResourceId resource, uint32 day, uint8 slot) external {
        Booking storage booking = _calendarOf(resource, day).bookings[slot];
        address patient = booking.patient;
        if (booking.status != Status.Offered) revert Appointments_NotOffered(resource, day, slot, address(0));
        // Who is no longer active could not accept: those behind need not wait for that.
        if (PARTICIPANTS.isActiveAs(patient, PATIENT)) _checkFrom(uint256(booking.until) + 1);

        _endOffer(resource, day, slot);
    }

    /// @inheritdoc IAppointments
    function lapse(ResourceId resource, uint32 day, uint8 slot, uint32 nonce) external {
        Booking storage booking = _liveBooking(resource, day, slot, nonce);
        if (!booking.counted) revert Appointments_NotCounted(resource, day, slot);
        _checkFrom(_infoOf(_calendarOf(resource, day)).startOf(uint256(slot) + 1));

        _uncount(resource, booking);

        emit Lapsed(resource, day, booking.patient, slot, nonce);
    }

    // --------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IAppointments
    function answerFor(ResourceId resource, uint32 day, uint8 slot, address patient)
        external
        view
        returns (Answer answer, uint256 freeMask)
    {
        (answer, freeMask) = _answer(resource, day, slot, patient, 0);
        uint256 maxOpen = _rules[resource].limits.maxOpen;
        bool atLimit = maxOpen != 0 && _tallies[resource][patient].open >= maxOpen;
        if (answer == Answer.Booked && atLimit) answer = Answer.LimitReached;
    }

    /// @inheritdoc IAppointments
    function hostOf(ResourceId resource) public view returns (address) {
        if (resource.isPractitioner()) return resource.account();
        return IERC721(address(DEVICES)).ownerOf(resource.tokenId());
    }

    /// @inheritdoc IAppointments
    function zoneOf(ResourceId resource) external view returns (bytes32) {
        return _rules[resource].zone;
    }

    /// @inheritdoc IAppointments
    function limitsOf(ResourceId resource) external view returns (Limits memory) {
        return _rules[resource].limits;
    }

    /// @inheritdoc IAppointments
    function dayOf(ResourceId resource, uint32 day) external view returns (Day memory) {
        return _infoOf(_calendarOf(resource, day));
    }

    /// @inheritdoc IAppointments
    function masksOf(ResourceId resource, uint32 day) external view returns (uint256 takenMask, uint256 blockedMask) {
        Calendar storage calendar = _calendarOf(resource, day);
        return (calendar.taken, calendar.blockedMask);
    }

    /// @inheritdoc IAppointments
    function bookingOf(ResourceId resource, uint32 day, uint8 slot) external view returns (Booking memory) {
        return _calendarOf(resource, day).bookings[slot];
    }

    /// @inheritdoc IAppointments
    function openBookingsOf(ResourceId resource, address patient) external view returns (uint256) {
        return _tallies[resource][patient].open;
    }

    /// @inheritdoc IAppointments
    function waitingOf(ResourceId resource, uint32 day) external view returns (uint32 length, address next) {
        WaitingList.List storage waiting = _calendarOf(resource, day).waiting;
        return (waiting.length, waiting.entries[waiting.first].patient);
    }

    /// @inheritdoc IAppointments
    function placeOf(ResourceId resource, uint32 day, address patient)
        external
        view
        returns (uint32 ticket, bool offered, uint8 slot)
    {
        Calendar storage calendar = _calendarOf(resource, day);
        Offer memory offer = calendar.offers[patient];
        return (calendar.waiting.ticketOf[patient], offer.standing, offer.slot);
    }

    /// @inheritdoc IAppointments
    function hashOf(Terms calldata terms, address doctor, uint32 day, uint32 nonce) public pure returns (bytes32) {
        return sha256(abi.encode(terms.addressCommitment, terms.patientCommitment, doctor, terms.startsAt, day, nonce));
    }

    // --------------------------------------------------------------------------------------------- internal: bookings

    /// @dev Gives a slot that was checked to the patient. Its record is never emptied, so that the nonce goes on and a slot that
    /// comes free can be booked again without new storage.
    function _take(ResourceId resource, uint32 day, uint8 slot, address patient, bool counted, Terms calldata terms)
        private
        returns (uint32 nonce)
    {
        if (terms.addressCommitment == 0 || terms.patientCommitment == 0) {
            revert Appointments_MissingCommitment();
        }
        Calendar storage calendar = _calendarOf(resource, day);
        uint40 startsAt = _infoOf(calendar).startOf(slot);
        if (terms.startsAt != startsAt) revert Appointments_OtherStart(resource, day, slot, startsAt);
        nonce = calendar.bookings[slot].nonce + 1;

        calendar.taken |= _bit(slot);
        uint40 until = uint40(Math.saturatingSub(startsAt - 1, _rules[resource].limits.noticeSeconds));
        _write(calendar.bookings[slot], Booking(patient, Status.Booked, nonce, until, counted));

        address doctor = hostOf(resource);
        bytes32 bookingHash = hashOf(terms, doctor, day, nonce);
        emit Booked(resource, day, patient, slot, nonce, startsAt, doctor, bookingHash);
    }

    /// @dev What becomes of a slot that its patient no longer has: it is offered to the first who waits, or free.
    function _passOn(ResourceId resource, uint32 day, uint8 slot) private {
        Calendar storage calendar = _calendarOf(resource, day);
        uint32 nonce = calendar.bookings[slot].nonce;
        uint32 ticket = calendar.waiting.first;
        if (ticket == 0 || !_canOffer(resource, calendar, slot)) {
            calendar.taken &= ~_bit(slot);
            _write(calendar.bookings[slot], Booking(address(0), Status.Free, nonce, 0, false));
            return;
        }

        address patient = calendar.waiting.remove(ticket);
        uint40 until = _offerUntil(resource, _infoOf(calendar).startOf(slot));
        calendar.offers[patient] = Offer({standing: true, slot: slot});
        _write(calendar.bookings[slot], Booking(patient, Status.Offered, nonce, until, false));

        emit SlotOffered(resource, day, patient, slot, until);
    }

    function _endOffer(ResourceId resource, uint32 day, uint8 slot) private {
        Calendar storage calendar = _calendarOf(resource, day);
        address patient = calendar.bookings[slot].patient;
        delete calendar.offers[patient];
        emit OfferEnded(resource, day, patient, slot);
        _passOn(resource, day, slot);
    }

    /// @dev These three stand once for all, since the compiler would write them out wherever they are used.
    function _write(Booking storage booking, Booking memory value) private {
        booking.patient = value.patient;
        booking.status = value.status;
        booking.nonce = value.nonce;
        booking.until = value.until;
        booking.counted = value.counted;
    }

    function _calendarOf(ResourceId resource, uint32 day) private view returns (Calendar storage) {
        return _calendars[resource][day];
    }

    function _infoOf(Calendar storage calendar) private view returns (Day memory) {
        return calendar.info;
    }

    /// @dev Counts one more booking of the patient where there is a limit.
    function _count(ResourceId resource, address patient) private returns (bool counted) {
        uint16 maxOpen = _rules[resource].limits.maxOpen;
        if (maxOpen == 0) return false;
        Tally storage tally = _tallies[resource][patient];
        uint16 already = tally.open;
        if (already >= maxOpen) revert Appointments_LimitReached(resource, patient, maxOpen);

        (tally.open, tally.known) = (already + 1, true);
        return true;
    }

    function _uncount(ResourceId resource, Booking storage booking) private {
        if (!booking.counted) return;
        booking.counted = false;
        --_tallies[resource][booking.patient].open;
    }

    /// @dev The booking that is meant, if it is still to come to an end.
    function _liveBooking(ResourceId resource, uint32 day, uint8 slot, uint32 nonce)
        private
        view
        returns (Booking storage booking)
    {
        booking = _calendarOf(resource, day).bookings[slot];
        Status status = booking.status;
        bool isLive = status == Status.Booked || status == Status.CheckedIn;
        if (!isLive || booking.nonce != nonce) revert Appointments_NoSuchBooking(resource, day, slot, nonce);
    }

    // ---------------------------------------------------------------------------------------------- internal: answers

    /// @dev All of {answerFor} but the limit, with the slots in `held` taken for free.
    function _answer(ResourceId resource, uint32 day, uint8 slot, address patient, uint256 held)
        private
        view
        returns (Answer, uint256 freeMask)
    {
        Calendar storage calendar = _calendarOf(resource, day);
        Day memory info = _infoOf(calendar);
        if (!PARTICIPANTS.isActiveAs(patient, PATIENT)) return (Answer.NotRegistered, 0);
        if (!_takesBookings(resource, info)) return (Answer.Unavailable, 0);
        freeMask = _bookable(calendar, info, calendar.taken & ~held);
        if (slot >= info.count) return (Answer.NoSuchSlot, freeMask);
        if (info.startOf(slot) <= block.timestamp) return (Answer.SlotPast, freeMask);
        if (freeMask == 0) return (Answer.DayFull, freeMask);
        if (freeMask & _bit(slot) == 0) return (Answer.SlotTaken, freeMask);
        return (Answer.Booked, freeMask);
    }

    /// @dev The answer as an error, unless it is Booked.
    function _checkPlace(ResourceId resource, uint32 day, uint8 slot, address patient, uint256 held) private view {
        (Answer answer, uint256 freeMask) = _answer(resource, day, slot, patient, held);
        if (answer == Answer.Booked) return;
        if (answer == Answer.NotRegistered) revert Appointments_NotRegistered(patient);
        if (answer == Answer.Unavailable) revert Appointments_Unavailable(resource, day);
        if (answer == Answer.SlotPast) revert Appointments_SlotPast(resource, day, slot, freeMask);
        if (answer == Answer.DayFull) revert Appointments_DayFull(resource, day);
        if (answer == Answer.SlotTaken) revert Appointments_SlotTaken(resource, day, slot, freeMask);
        revert Appointments_NoSuchSlot(resource, day, slot, _calendarOf(resource, day).info.count);
    }

    /// @dev The slots that are still to start, neither in `taken` nor blocked.
    function _bookable(Calendar storage calendar, Day memory info, uint256 taken) private view returns (uint256 mask) {
        mask = info.startingAfter(block.timestamp) & ~taken;
        if (info.hasBlocked) mask &= ~calendar.blockedMask;
    }

    function _takesBookings(ResourceId resource, Day memory info) private view returns (bool) {
        if (info.count == 0 || info.closed) return false;
        // A day was opened, so the twin of a machine exists: there is no burning.
        if (!_isHostActive(resource, hostOf(resource))) return false;
        if (resource.isPractitioner()) return true;
        ItemId machine = IdLibrary.itemOf(resource.tokenId());
        (bool movable,) = CUSTODY.isMovable(machine);
        return movable && PROFILES.isUsable(machine);
    }

    /// @dev Offered is only what could be accepted: else those who wait would be led past a door that is shut.
    function _canOffer(ResourceId resource, Calendar storage calendar, uint8 slot) private view returns (bool) {
        Day memory info = _infoOf(calendar);
        return _takesBookings(resource, info) && _bookable(calendar, info, 0) & _bit(slot) != 0;
    }

    function _isHostActive(ResourceId resource, address host) private view returns (bool) {
        if (resource.isPractitioner()) return PARTICIPANTS.isActiveAs(host, PRACTITIONER);
        return PARTICIPANTS.isActive(host);
    }

    function _offerUntil(ResourceId resource, uint40 startsAt) private view returns (uint40) {
        uint256 offerSeconds = _rules[resource].limits.offerSeconds;
        if (offerSeconds == 0) offerSeconds = DEFAULT_OFFER_SECONDS;
        return uint40(Math.min(block.timestamp + offerSeconds, startsAt - 1));
    }

    // ------------------------------------------------------------------------------------------------- internal: days

    function _keepZone(ResourceId resource, bytes32 zone) private {
        if (zone == 0) revert Appointments_NoZone();
        bytes32 kept = _rules[resource].zone;
        if (kept == zone) return;
        if (kept != 0) revert Appointments_OtherZone(resource, kept);

        _rules[resource].zone = zone;

        emit ZoneFixed(resource, zone);
    }

    /// @dev Whether a day can be as it is to be: its slots, its date, its future, its neighbours.
    function _checkTimes(ResourceId resource, NewDay calldata to) private view {
        (uint256 firstAt, uint256 slotSeconds) = (to.firstAt, to.slotSeconds);
        uint256 span = slotSeconds * to.count;
        if (span == 0 || span > MAX_DAY_SECONDS || to.count > 256) {
            revert Appointments_BadSlots(to.day, to.slotSeconds, to.count);
        }
        uint256 midnight = uint256(to.day) * 1 days;
        // Nor are there dates whose last slots a time of 40 bits could not name.
        bool isOnDate = firstAt + EARLIEST_ZONE >= midnight && firstAt < midnight + 1 days + LATEST_ZONE
            && firstAt + MAX_DAY_SECONDS <= type(uint40).max;
        if (!isOnDate) revert Appointments_OtherDate(to.day, to.firstAt);
        if (firstAt + span - slotSeconds <= block.timestamp) revert Appointments_DayPast(resource, to.day);
        _checkNeighbours(resource, to, firstAt + span);
    }

    /// @dev Days follow each other in the order of their dates.
    function _checkNeighbours(ResourceId resource, NewDay calldata to, uint256 end) private view {
        for (uint32 gap = 1; gap <= NEIGHBOURS; ++gap) {
            (uint32 before, uint32 later) = (0, 0);
            unchecked {
                // What wraps around is a date that can never be opened, since its seconds do not fit into `firstAt`.
                (before, later) = (to.day - gap, to.day + gap);
            }
            if (_infoOf(_calendarOf(resource, before)).end() > to.firstAt) {
                revert Appointments_Overlap(resource, to.day, before);
            }
            Day memory info = _infoOf(_calendarOf(resource, later));
            if (info.count != 0 && end > info.firstAt) revert Appointments_Overlap(resource, to.day, later);
        }
    }

    function _openCalendar(ResourceId resource, uint32 day) private view returns (Calendar storage calendar) {
        calendar = _calendarOf(resource, day);
        if (calendar.info.count == 0) revert Appointments_NotOpen(resource, day);
    }

    /// @dev The calendar of an open day, whose host the caller is, for a mask of its slots.
    function _calendarToMask(ResourceId resource, uint32 day, uint256 mask)
        private
        view
        returns (Calendar storage calendar)
    {
        _checkHost(resource);
        calendar = _openCalendar(resource, day);
        Day memory info = _infoOf(calendar);
        if (mask == 0 || mask & ~info.all() != 0) revert Appointments_BadMask(mask, info.count);
    }

    // ---------------------------------------------------------------------------------------------- internal: callers

    function _checkHost(ResourceId resource) private view returns (address host) {
        host = hostOf(resource);
        if (host != _msgSender()) revert Appointments_NotHost(resource, _msgSender());
    }

    function _checkUntil(uint40 until) private view {
        if (block.timestamp > until) revert Appointments_TooLate(until);
    }

    function _checkFrom(uint256 from) private view {
        if (block.timestamp < from) revert Appointments_TooEarly(from);
    }

    function _bit(uint8 slot) private pure returns (uint256) {
        return uint256(1) << slot;
    }

    function _msgSender() internal view override(Context, ERC2771Context) returns (address) {
        return ERC2771Context._msgSender();
    }

    function _msgData() internal view override(Context, ERC2771Context) returns (bytes calldata) {
        return ERC2771Context._msgData();
    }

    function _contextSuffixLength() internal view override(Context, ERC2771Context) returns (uint256) {
        return ERC2771Context._contextSuffixLength();
    }
}
