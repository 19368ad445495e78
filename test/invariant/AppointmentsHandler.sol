// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Appointments} from "../../contracts/Appointments.sol";
import {Participants} from "../../contracts/Participants.sol";
import {IAppointments} from "../../contracts/interfaces/IAppointments.sol";
import {IParticipants} from "../../contracts/interfaces/IParticipants.sol";
import {ResourceId, ResourceLibrary} from "../../contracts/types/ResourceId.sol";
import {PATIENT, PRACTITIONER, PROVIDER, Role} from "../../contracts/types/Role.sol";
import {AppointmentsStore} from "./AppointmentsStore.sol";
import {Test} from "forge-std/Test.sol";

/// @title A doctor and patients do anything, and the store says beforehand whether it may work
contract AppointmentsHandler is Test {
    Appointments private immutable APPOINTMENTS;
    Participants private immutable PARTICIPANTS;
    AppointmentsStore private immutable STORE;
    ResourceId private immutable PRACTICE;
    address private immutable DOCTOR;
    address private immutable REGISTRAR;
    uint32 private immutable FIRST_DAY;

    address[] private patients;

    constructor(
        Appointments appointments,
        Participants participants,
        AppointmentsStore store,
        address registrar,
        address doctor,
        address[] memory patients_,
        uint32 firstDay
    ) {
        (APPOINTMENTS, PARTICIPANTS, STORE) = (appointments, participants, store);
        (REGISTRAR, DOCTOR, FIRST_DAY) = (registrar, doctor, firstDay);
        PRACTICE = ResourceLibrary.ofPractitioner(doctor);
        patients = patients_;
    }

    // --------------------------------------------------------------------------------------------------- the patients

    function book(uint256 patientSeed, uint256 slotSeed) external {
        (address patient, uint32 day, uint8 slot) = _who(patientSeed, AppointmentsStore.Wanted.Free, slotSeed);
        bool allowed = STORE.mayTake(day, slot, patient) && STORE.hasRoom(patient);
        (IAppointments.Answer answer,) = APPOINTMENTS.answerFor(PRACTICE, day, slot, patient);
        assertEq(answer == IAppointments.Answer.Booked, allowed, "answered");
        bytes memory call = abi.encodeCall(IAppointments.book, (PRACTICE, day, slot, _terms(day, slot)));
        if (!_call("book", patient, call, allowed)) return;

        STORE.take(day, slot, patient, _counts());
    }

    function cancel(uint256 callerSeed, uint256 slotSeed) external {
        (address caller, uint32 day, uint8 slot) = _who(callerSeed, AppointmentsStore.Wanted.Live, slotSeed);
        AppointmentsStore.Slot memory state = STORE.slotOf(day, slot);
        if (callerSeed % 4 == 0) caller = DOCTOR;
        else if (callerSeed % 4 < 3 && state.holder != address(0)) caller = state.holder;
        bool allowed = STORE.mayCancel(day, slot, caller);
        bytes memory call = abi.encodeCall(IAppointments.cancel, (PRACTICE, day, slot, state.nonce));
        if (!_call("cancel", caller, call, allowed)) return;

        STORE.passOn(day, slot);
    }

    function reschedule(uint256 patientSeed, uint256 slotSeed, uint256 newSlotSeed) external {
        (address patient, uint32 day, uint8 slot) = _who(patientSeed, AppointmentsStore.Wanted.Live, slotSeed);
        (, uint32 newDay, uint8 newSlot) = _who(0, AppointmentsStore.Wanted.Free, newSlotSeed);
        AppointmentsStore.Slot memory state = STORE.slotOf(day, slot);
        if (patientSeed % 8 != 0 && state.holder != address(0)) patient = state.holder;
        bool allowed = STORE.mayGiveUp(day, slot, patient) && STORE.mayTake(newDay, newSlot, patient);
        bytes memory call = abi.encodeCall(
            IAppointments.reschedule, (PRACTICE, day, slot, state.nonce, newDay, newSlot, _terms(newDay, newSlot))
        );
        if (!_call("reschedule", patient, call, allowed)) return;

        STORE.take(newDay, newSlot, patient, state.counted);
        STORE.passOn(day, slot);
    }

    function joinWaitingList(uint256 patientSeed, uint256 daySeed) external {
        (address patient, uint32 day) = (_patient(patientSeed), _day(_mix(daySeed)));
        if (STORE.hasFree(day)) day = _day(_mix(daySeed) ^ 256);
        bool allowed = STORE.mayJoin(day, patient);
        if (!_call("join", patient, abi.encodeCall(IAppointments.joinWaitingList, (PRACTICE, day)), allowed)) return;

        STORE.join(day, patient);
    }

    function leaveWaitingList(uint256 patientSeed, uint256 daySeed) external {
        (address patient, uint32 day) = (_patient(patientSeed), _day(_mix(daySeed)));
        (uint256 offers, uint8 slot) = STORE.offersTo(day, patient);
        bool allowed = offers != 0 || STORE.isWaiting(day, patient);
        if (!_call("leave", patient, abi.encodeCall(IAppointments.leaveWaitingList, (PRACTICE, day)), allowed)) return;

        if (offers != 0) STORE.passOn(day, slot);
        else STORE.stopWaiting(day, patient);
    }

    function acceptOffer(uint256 patientSeed, uint256 slotSeed) external {
        (address patient, uint32 day, uint8 slot) = _who(patientSeed, AppointmentsStore.Wanted.Offered, slotSeed);
        AppointmentsStore.Slot memory state = STORE.slotOf(day, slot);
        if (patientSeed % 8 != 0 && state.holder != address(0)) patient = state.holder;
        bool allowed = STORE.mayAccept(day, slot, patient);
        bytes memory call = abi.encodeCall(IAppointments.acceptOffer, (PRACTICE, day, slot, _terms(day, slot)));
        if (!_call("accept", patient, call, allowed)) return;

        STORE.take(day, slot, patient, _counts());
    }

    // --------------------------------------------------------------------------------------------------------- anyone

    function moveOfferOn(uint256 callerSeed, uint256 slotSeed) external {
        (address caller, uint32 day, uint8 slot) = _who(callerSeed, AppointmentsStore.Wanted.Offered, slotSeed);
        bool allowed = STORE.mayMoveOn(day, slot);
        if (!_call("moveOn", caller, abi.encodeCall(IAppointments.moveOfferOn, (PRACTICE, day, slot)), allowed)) {
            return;
        }

        STORE.passOn(day, slot);
    }

    function lapse(uint256 callerSeed, uint256 slotSeed) external {
        (address caller, uint32 day, uint8 slot) = _who(callerSeed, AppointmentsStore.Wanted.Over, slotSeed);
        AppointmentsStore.Slot memory state = STORE.slotOf(day, slot);
        bool allowed =
            STORE.isLive(day, slot) && state.counted && STORE.startOf(day, uint256(slot) + 1) <= block.timestamp;
        bytes memory call = abi.encodeCall(IAppointments.lapse, (PRACTICE, day, slot, state.nonce));
        if (!_call("lapse", caller, call, allowed)) return;

        STORE.uncount(day, slot);
    }

    function wait(uint256 time) external {
        skip(1 + _mix(time) % 1 hours);
    }

    // ------------------------------------------------------------------------------------------------------ the doctor

    /// @dev One of the three that end with another status: check in, complete, no-show.
    function attend(uint256 slotSeed, uint256 which) external {
        (, uint32 day, uint8 slot) = _who(0, AppointmentsStore.Wanted.Live, slotSeed);
        AppointmentsStore.Slot memory state = STORE.slotOf(day, slot);
        bool isBooked = state.status == IAppointments.Status.Booked;
        bytes memory call = abi.encodeCall(IAppointments.checkIn, (PRACTICE, day, slot, state.nonce));
        (bool allowed, IAppointments.Status status) = (isBooked, IAppointments.Status.CheckedIn);
        if (which % 3 == 1) {
            call = abi.encodeCall(IAppointments.complete, (PRACTICE, day, slot, state.nonce));
            allowed = STORE.isLive(day, slot) && STORE.startOf(day, slot) <= block.timestamp;
            status = IAppointments.Status.Completed;
        } else if (which % 3 == 2) {
            call = abi.encodeCall(IAppointments.markNoShow, (PRACTICE, day, slot, state.nonce));
            allowed = isBooked && STORE.startOf(day, uint256(slot) + 1) <= block.timestamp;
            status = IAppointments.Status.NoShow;
        }
        if (!_call("attend", DOCTOR, call, allowed)) return;

        STORE.setStatus(day, slot, status);
        if (which % 3 != 0) STORE.uncount(day, slot);
    }

    /// @dev One verb, so that patients act more often than the doctor plans.
    function plan(uint256 seed) external {
        seed = _mix(seed);
        uint256 which = seed % 8;
        if (which < 3) _blockOrUnblock(seed);
        else if (which < 5) _setLimits(seed);
        else if (which < 7) _change(seed);
        else _closeOrReopen(seed);
    }

    /// @dev Blocks one slot, or all that nobody has, so that the day is full; or unblocks all.
    function _blockOrUnblock(uint256 seed) private {
        uint32 day = _day(seed);
        bool blocks = (seed >> 16) % 3 != 0;
        uint8 count = STORE.countOf(day);
        uint256 mask = (uint256(1) << count) - 1;
        if ((seed >> 16) % 3 == 1) mask = uint256(1) << ((seed >> 32) % count);
        if ((seed >> 16) % 3 == 2 && mask != STORE.takenMask(day)) mask &= ~STORE.takenMask(day);
        bytes memory call = blocks
            ? abi.encodeCall(IAppointments.blockSlots, (PRACTICE, day, mask))
            : abi.encodeCall(IAppointments.unblockSlots, (PRACTICE, day, mask));
        _call("block", DOCTOR, call, true);
        for (uint8 slot = 0; slot < count; ++slot) {
            if (mask >> slot & 1 == 1) STORE.setBlocked(day, slot, blocks);
        }
    }

    /// @dev Nothing happens on a closed day, so any that is closed is reopened first.
    function _closeOrReopen(uint256 seed) private {
        uint32 day = STORE.isClosed(FIRST_DAY) ? FIRST_DAY : _day(seed);
        bool closed = STORE.isClosed(day);
        bytes memory call = closed
            ? abi.encodeCall(IAppointments.reopen, (PRACTICE, day))
            : abi.encodeCall(IAppointments.close, (PRACTICE, day));
        _call("close", DOCTOR, call, true);
        STORE.setClosed(day, !closed);
    }

    function _change(uint256 seed) private {
        uint32 day = _day(seed);
        // Safe: at most MAX_SLOTS.
        // forge-lint: disable-next-line(unsafe-typecast)
        uint8 count = uint8(1 + (seed >> 16) % STORE.MAX_SLOTS());
        IAppointments.NewDay memory to = IAppointments.NewDay({
            day: day, firstAt: uint40(STORE.firstAtOf(day)), slotSeconds: uint32(STORE.slotSeconds()), count: count
        });
        bool allowed = STORE.mayChangeCount(day, count);
        if (!_call("change", DOCTOR, abi.encodeCall(IAppointments.change, (PRACTICE, to)), allowed)) return;

        STORE.setCount(day, count);
    }

    function _setLimits(uint256 seed) private {
        // Safe: hours.
        // forge-lint: disable-next-item(unsafe-typecast)
        IAppointments.Limits memory limits = IAppointments.Limits({
            maxOpen: uint16((seed >> 16) % 4),
            noticeSeconds: uint32((seed >> 32) % 2 hours),
            offerSeconds: uint32((seed >> 64) % 2 hours)
        });
        _call("limits", DOCTOR, abi.encodeCall(IAppointments.setLimits, (PRACTICE, limits)), true);
        STORE.setLimits(limits);
    }

    // ------------------------------------------------------------------------------------------------ the registrar

    /// @dev Takes somebody's role away, or gives it back.
    function flip(uint256 seed) external {
        seed = _mix(seed);
        uint256 which = seed % (patients.length + 1);
        address account = which == patients.length || STORE.isInactive(DOCTOR) ? DOCTOR : patients[which];
        bool inactive = STORE.isInactive(account);
        // Mostly active, the doctor first: else nothing happens.
        if (!inactive && seed >> 16 & 3 != 0) return;
        Role role = account == DOCTOR ? PRACTITIONER : PATIENT;
        IParticipants.Enrolment memory enrolment = IParticipants.Enrolment({
            roles: inactive ? role : PROVIDER,
            validFrom: 0,
            validUntil: type(uint40).max,
            organisation: keccak256("organisation"),
            credential: keccak256("application")
        });
        vm.prank(REGISTRAR);
        PARTICIPANTS.enrol(account, enrolment);
        STORE.setInactive(account, !inactive);
    }

    // -------------------------------------------------------------------------------------------------------- internal

    function _call(bytes32 verb, address caller, bytes memory call, bool allowed) private returns (bool success) {
        vm.prank(caller);
        (success,) = address(APPOINTMENTS).call(call);
        assertEq(success, allowed, string.concat("allowed: ", string(abi.encodePacked(verb))));
        if (success) STORE.count(verb);
    }

    function _counts() private view returns (bool) {
        (uint16 maxOpen,,) = STORE.limits();
        return maxOpen != 0;
    }

    function _terms(uint32 day, uint8 slot) private view returns (IAppointments.Terms memory) {
        return IAppointments.Terms({
            startsAt: uint40(STORE.startOf(day, slot)),
            addressCommitment: keccak256("address"),
            patientCommitment: keccak256("patient")
        });
    }

    /// @dev Anybody, and three times of four a slot that is as wanted: by chance alone a run would hardly get anywhere.
    function _who(uint256 patientSeed, AppointmentsStore.Wanted wanted, uint256 slotSeed)
        private
        view
        returns (address patient, uint32 day, uint8 slot)
    {
        slotSeed = _mix(slotSeed);
        patient = _patient(patientSeed);
        (day, slot) = STORE.find(wanted, slotSeed >> 8);
        // May be a slot beyond the day.
        if (slotSeed % 4 == 0) slot = uint8((slotSeed >> 16) % (STORE.MAX_SLOTS() + 1));
    }

    /// @dev A fuzzer likes small numbers and such that it has seen, whose higher bits are zeros.
    function _mix(uint256 seed) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed)));
    }

    function _patient(uint256 seed) private view returns (address) {
        return patients[_mix(seed) % patients.length];
    }

    function _day(uint256 seed) private view returns (uint32) {
        // Safe: one of two.
        // forge-lint: disable-next-line(unsafe-typecast)
        return FIRST_DAY + uint32((seed >> 8) % 2);
    }
}
