// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAppointments} from "../../../contracts/interfaces/IAppointments.sol";
import {AppointmentsTest} from "./AppointmentsTest.sol";

contract Appointments_AcceptOffer_Test is AppointmentsTest {
    function _acceptExpecting(bytes memory expected, address by, uint8 slot) private {
        IAppointments.Terms memory terms = _terms(practice, DAY, slot);
        vm.expectRevert(expected);
        vm.prank(by);
        appointments.acceptOffer(practice, DAY, slot, terms);
    }

    function _notOffered(uint8 slot, address to) private view returns (bytes memory) {
        return abi.encodeWithSelector(IAppointments.Appointments_NotOffered.selector, practice, DAY, slot, to);
    }

    function testFuzz_RevertGiven_NotOfferedToTheCaller(address caller, uint8 slot) external {
        vm.assume(caller != second && caller != address(forwarder));
        slot = uint8(bound(slot, 1, 255));
        _offerToSecond();
        _acceptExpecting(_notOffered(0, caller), caller, 0);
        _acceptExpecting(_notOffered(slot, second), second, slot);
    }

    function test_RevertGiven_Booked() external {
        _book(patient, 0);
        _acceptExpecting(_notOffered(0, patient), patient, 0);
    }

    function testFuzz_RevertGiven_ItRanOut(uint256 now_) external {
        _offerToSecond();
        uint40 until = uint40(block.timestamp + 2 hours);
        vm.warp(bound(now_, until + 1, until + 100 days));
        _acceptExpecting(_tooLate(until), second, 0);
    }

    function test_RevertGiven_ThePatientIsNotActive() external {
        _offerToSecond();
        _suspend(second);
        _acceptExpecting(abi.encodeWithSelector(IAppointments.Appointments_NotRegistered.selector, second), second, 0);
    }

    function test_RevertGiven_TheHostIsSuspended() external {
        _offerToSecond();
        _suspend(doctor);
        _acceptExpecting(_unavailable(practice, DAY), second, 0);
    }

    function test_RevertGiven_TheLimit() external {
        _setLimits(1, 0, 0);
        _open(practice, _day(DAY + 1));
        _book(practice, second, DAY + 1, 0);
        _offerToSecond();
        _acceptExpecting(
            abi.encodeWithSelector(IAppointments.Appointments_LimitReached.selector, practice, second, uint16(1)),
            second,
            0
        );
    }

    function testFuzz_Books(uint256 wait, bool limited) external {
        if (limited) _setLimits(1, 0, 0);
        _offerToSecond();
        skip(bound(wait, 0, 2 hours));
        bytes32 bookingHash = appointments.hashOf(_terms(practice, DAY, 0), doctor, DAY, 2);
        vm.expectEmit(address(appointments));
        emit IAppointments.Booked(practice, DAY, second, 0, 2, _startOf(0), doctor, bookingHash);
        _accept(second, 0);
        _assertBooking(0, second, IAppointments.Status.Booked, 2);
        (uint32 ticket, bool offered,) = appointments.placeOf(practice, DAY, second);
        assertEq(ticket, 0, "does not wait");
        assertFalse(offered, "has no offer");
        assertEq(appointments.openBookingsOf(practice, second), limited ? 1 : 0, "count");
        _acceptExpecting(_notOffered(0, second), second, 0);
    }
}
