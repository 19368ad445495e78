// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAppointments} from "../../../contracts/interfaces/IAppointments.sol";
import {AppointmentsTest} from "./AppointmentsTest.sol";

contract Appointments_MoveOfferOn_Test is AppointmentsTest {
    function testFuzz_RevertGiven_NotOffered(uint8 slot) external {
        _book(patient, 0);
        vm.expectRevert(
            abi.encodeWithSelector(IAppointments.Appointments_NotOffered.selector, practice, DAY, slot, address(0))
        );
        appointments.moveOfferOn(practice, DAY, slot);
    }

    function testFuzz_RevertGiven_ItStands(address caller, uint256 wait) external {
        vm.assume(caller != address(forwarder));
        _offerToSecond();
        uint256 until = block.timestamp + 2 hours;
        skip(bound(wait, 0, 2 hours));
        vm.expectRevert(_tooEarly(until + 1));
        vm.prank(caller);
        appointments.moveOfferOn(practice, DAY, 0);
    }

    function testFuzz_MovesByOne(address caller, uint256 wait) external {
        vm.assume(caller != address(forwarder));
        _offerToSecond();
        skip(bound(wait, 2 hours + 1, 3 days));
        uint40 until = uint40(block.timestamp + 2 hours);
        vm.expectEmit(address(appointments));
        emit IAppointments.OfferEnded(practice, DAY, second, 0);
        vm.expectEmit(address(appointments));
        emit IAppointments.SlotOffered(practice, DAY, third, 0, until);
        vm.prank(caller);
        appointments.moveOfferOn(practice, DAY, 0);
        _assertOffered(0, third, until);
        // Twice in a row, which would take the third patient its time.
        vm.expectRevert(_tooEarly(until + 1));
        vm.prank(caller);
        appointments.moveOfferOn(practice, DAY, 0);
        vm.warp(until + 1);
        appointments.moveOfferOn(practice, DAY, 0);
        _assertFree(0, 1);
        _book(patient, 0);
        _assertBooking(0, patient, IAppointments.Status.Booked, 2);
    }

    /// @dev A slot that nobody moved on for long is not lost to who wants it now.
    function test_MovesOnAndBooksInOneTransaction() external {
        _fillDay();
        _join(second);
        _cancel(patient, 0, 1);
        skip(2 hours + 1);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IAppointments.moveOfferOn, (practice, DAY, 0));
        calls[1] = abi.encodeCall(IAppointments.book, (practice, DAY, 0, _terms(practice, DAY, 0)));
        vm.prank(third);
        appointments.multicall(calls);
        _assertBooking(0, third, IAppointments.Status.Booked, 2);
    }

    function test_MovesAtOnceGiven_ThePatientIsNotActive() external {
        _offerToSecond();
        _suspend(second);
        appointments.moveOfferOn(practice, DAY, 0);
        _assertOffered(0, third, uint40(block.timestamp + 2 hours));
    }

    function testFuzz_FreesGiven_NoBookingsAreTaken(uint8 way) external {
        _offerToSecond();
        skip(2 hours + 1);
        if (way % 4 == 0) _suspend(doctor);
        else if (way % 4 == 1) _close();
        else if (way % 4 == 2) _block(1);
        else vm.warp(_startOf(0));
        appointments.moveOfferOn(practice, DAY, 0);
        _assertFree(0, 1);
        (uint32 ticket,,) = appointments.placeOf(practice, DAY, third);
        assertEq(ticket, 2, "the third still waits");
    }
}
