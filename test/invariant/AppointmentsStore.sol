// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAppointments} from "../../contracts/interfaces/IAppointments.sol";

/// @title What Appointments should know of one doctor, kept by other means: lists that are walked through
contract AppointmentsStore {
    /// @notice What a handler looks for.
    enum Wanted {
        Free,
        Live,
        Offered,
        Over
    }

    struct Slot {
        address holder;
        IAppointments.Status status;
        uint32 nonce;
        uint256 until;
        bool counted;
        bool isBlocked;
    }

    /// @notice No day here has more.
    uint256 public constant MAX_SLOTS = 5;
    uint256 private constant NOBODY = type(uint256).max;

    uint256 public immutable slotSeconds;

    mapping(uint32 day => uint256 firstAt) public firstAtOf;
    mapping(uint32 day => uint8 count) public countOf;
    mapping(uint32 day => bool closed) public isClosed;
    mapping(address account => bool inactive) public isInactive;
    IAppointments.Limits public limits;
    /// @notice How often each thing happened.
    mapping(bytes32 verb => uint256 times) public timesOf;
    mapping(uint32 day => mapping(uint8 slot => Slot)) private _slots;
    mapping(uint32 day => address[]) private _waiting;
    address private immutable DOCTOR;
    uint32[] private _days;

    constructor(address doctor, uint256 slotSeconds_) {
        (DOCTOR, slotSeconds) = (doctor, slotSeconds_);
    }

    // -------------------------------------------------------------------------------------------------------- changes

    function addDay(uint32 day, uint256 firstAt, uint8 slots) external {
        _days.push(day);
        (firstAtOf[day], countOf[day]) = (firstAt, slots);
    }

    function setCount(uint32 day, uint8 slots) external {
        countOf[day] = slots;
    }

    function setClosed(uint32 day, bool closed) external {
        isClosed[day] = closed;
    }

    function setBlocked(uint32 day, uint8 slot, bool isBlocked) external {
        _slots[day][slot].isBlocked = isBlocked;
    }

    function setInactive(address account, bool inactive) external {
        isInactive[account] = inactive;
    }

    function setLimits(IAppointments.Limits calldata to) external {
        limits = to;
    }

    function count(bytes32 verb) external {
        ++timesOf[verb];
    }

    function take(uint32 day, uint8 slot, address patient, bool counted) external {
        Slot storage state = _slots[day][slot];
        (state.holder, state.status, state.counted) = (patient, IAppointments.Status.Booked, counted);
        ++state.nonce;
        uint256 lastSecond = startOf(day, slot) - 1;
        state.until = lastSecond > limits.noticeSeconds ? lastSecond - limits.noticeSeconds : 0;
    }

    function setStatus(uint32 day, uint8 slot, IAppointments.Status status) external {
        _slots[day][slot].status = status;
    }

    function uncount(uint32 day, uint8 slot) external {
        _slots[day][slot].counted = false;
    }

    /// @notice The slot goes to the first who waits, or is free.
    function passOn(uint32 day, uint8 slot) external {
        Slot storage state = _slots[day][slot];
        bool canBeTaken = takesBookings(day) && !state.isBlocked && startOf(day, slot) > block.timestamp;
        (state.holder, state.status, state.until, state.counted) = (address(0), IAppointments.Status.Free, 0, false);
        if (!canBeTaken || _waiting[day].length == 0) return;

        state.holder = _waiting[day][0];
        state.status = IAppointments.Status.Offered;
        uint256 until = block.timestamp + (limits.offerSeconds == 0 ? 2 hours : limits.offerSeconds);
        uint256 lastSecond = startOf(day, slot) - 1;
        state.until = until < lastSecond ? until : lastSecond;
        _removeAt(day, 0);
    }

    function join(uint32 day, address patient) external {
        _waiting[day].push(patient);
    }

    function stopWaiting(uint32 day, address patient) external {
        _removeAt(day, placeOf(day, patient));
    }

    function _removeAt(uint32 day, uint256 place) private {
        address[] storage list = _waiting[day];
        for (uint256 i = place; i + 1 < list.length; ++i) {
            list[i] = list[i + 1];
        }
        list.pop();
    }

    // ---------------------------------------------------------------------------------------------------------- state

    function slotOf(uint32 day, uint8 slot) external view returns (Slot memory) {
        return _slots[day][slot];
    }

    function waitingOn(uint32 day) external view returns (address[] memory) {
        return _waiting[day];
    }

    function startOf(uint32 day, uint256 slot) public view returns (uint256) {
        return firstAtOf[day] + slot * slotSeconds;
    }

    function placeOf(uint32 day, address patient) public view returns (uint256) {
        for (uint256 i = 0; i < _waiting[day].length; ++i) {
            if (_waiting[day][i] == patient) return i;
        }
        return NOBODY;
    }

    function isWaiting(uint32 day, address patient) public view returns (bool) {
        return placeOf(day, patient) != NOBODY;
    }

    /// @notice The slots of the day that are offered to the patient.
    function offersTo(uint32 day, address patient) public view returns (uint256 number, uint8 slot) {
        for (uint8 i = 0; i < countOf[day]; ++i) {
            Slot storage state = _slots[day][i];
            if (state.status != IAppointments.Status.Offered || state.holder != patient) continue;
            (number, slot) = (number + 1, i);
        }
    }

    /// @notice The patient's live bookings that were made under a limit and did not lapse.
    function openBookingsOf(address patient) public view returns (uint256 number) {
        for (uint256 d = 0; d < _days.length; ++d) {
            for (uint8 i = 0; i < countOf[_days[d]]; ++i) {
                Slot storage state = _slots[_days[d]][i];
                if (isLive(_days[d], i) && state.holder == patient && state.counted) ++number;
            }
        }
    }

    function takenMask(uint32 day) external view returns (uint256 mask) {
        for (uint8 i = 0; i < countOf[day]; ++i) {
            if (_slots[day][i].status != IAppointments.Status.Free) mask |= uint256(1) << i;
        }
    }

    /// @notice A slot of any day that is as wanted, the first from a place that `seed` names; else the one at that place.
    function find(Wanted wanted, uint256 seed) external view returns (uint32 day, uint8 slot) {
        for (uint256 i = 0; i < _days.length * MAX_SLOTS; ++i) {
            (day, slot) = _placeAt(seed % (_days.length * MAX_SLOTS) + i);
            if (_isAs(wanted, day, slot)) return (day, slot);
        }
        return _placeAt(seed);
    }

    function _placeAt(uint256 number) private view returns (uint32 day, uint8 slot) {
        // Safe: less than MAX_SLOTS.
        // forge-lint: disable-next-line(unsafe-typecast)
        return (_days[number / MAX_SLOTS % _days.length], uint8(number % MAX_SLOTS));
    }

    function _isAs(Wanted wanted, uint32 day, uint8 slot) private view returns (bool) {
        if (wanted == Wanted.Free) return isFree(day, slot);
        if (wanted == Wanted.Offered) return _slots[day][slot].status == IAppointments.Status.Offered;
        bool isOver = startOf(day, uint256(slot) + 1) <= block.timestamp;
        return isLive(day, slot) && (wanted == Wanted.Live || isOver);
    }

    // ----------------------------------------------------------------------------------------------- what is allowed

    function isLive(uint32 day, uint8 slot) public view returns (bool) {
        IAppointments.Status status = _slots[day][slot].status;
        return status == IAppointments.Status.Booked || status == IAppointments.Status.CheckedIn;
    }

    function takesBookings(uint32 day) public view returns (bool) {
        return !isClosed[day] && !isInactive[DOCTOR];
    }

    function isFree(uint32 day, uint8 slot) public view returns (bool) {
        Slot storage state = _slots[day][slot];
        return slot < countOf[day] && state.status == IAppointments.Status.Free && !state.isBlocked
            && startOf(day, slot) > block.timestamp;
    }

    function hasFree(uint32 day) public view returns (bool) {
        for (uint8 i = 0; i < countOf[day]; ++i) {
            if (isFree(day, i)) return true;
        }
        return false;
    }

    function hasRoom(address patient) public view returns (bool) {
        return limits.maxOpen == 0 || openBookingsOf(patient) < limits.maxOpen;
    }

    function mayTake(uint32 day, uint8 slot, address patient) public view returns (bool) {
        return !isInactive[patient] && takesBookings(day) && isFree(day, slot);
    }

    function mayGiveUp(uint32 day, uint8 slot, address patient) public view returns (bool) {
        Slot storage state = _slots[day][slot];
        return isLive(day, slot) && state.holder == patient && block.timestamp <= state.until;
    }

    function mayCancel(uint32 day, uint8 slot, address caller) external view returns (bool) {
        return caller == DOCTOR ? isLive(day, slot) : mayGiveUp(day, slot, caller);
    }

    function mayJoin(uint32 day, address patient) external view returns (bool) {
        (uint256 offers,) = offersTo(day, patient);
        return !isInactive[patient] && takesBookings(day) && startOf(day, countOf[day] - 1) > block.timestamp
            && !hasFree(day) && !isWaiting(day, patient) && offers == 0;
    }

    function mayAccept(uint32 day, uint8 slot, address patient) external view returns (bool) {
        Slot storage state = _slots[day][slot];
        return state.status == IAppointments.Status.Offered && state.holder == patient && block.timestamp <= state.until
            && !isInactive[patient] && takesBookings(day) && !state.isBlocked && hasRoom(patient);
    }

    function mayMoveOn(uint32 day, uint8 slot) external view returns (bool) {
        Slot storage state = _slots[day][slot];
        return
            state.status == IAppointments.Status.Offered && (block.timestamp > state.until || isInactive[state.holder]);
    }

    function mayChangeCount(uint32 day, uint8 to) external view returns (bool) {
        for (uint8 i = to; i < countOf[day]; ++i) {
            if (_slots[day][i].status != IAppointments.Status.Free) return false;
        }
        return to != 0 && startOf(day, to - 1) > block.timestamp;
    }
}
