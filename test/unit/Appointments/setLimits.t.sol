// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAppointments} from "../../../contracts/interfaces/IAppointments.sol";
import {AppointmentsTest} from "./AppointmentsTest.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

contract Appointments_SetLimits_Test is AppointmentsTest {
    function testFuzz_RevertWhen_NotTheHost(address caller, IAppointments.Limits calldata limits) external {
        vm.assume(caller != doctor && caller != address(forwarder));
        vm.expectRevert(_notHost(practice, caller));
        vm.prank(caller);
        appointments.setLimits(practice, limits);
    }

    function testFuzz_KeepsAndTells(IAppointments.Limits calldata limits) external {
        vm.expectEmit(address(appointments));
        emit IAppointments.LimitsSet(practice, limits.maxOpen, limits.noticeSeconds, limits.offerSeconds);
        _setLimits(limits.maxOpen, limits.noticeSeconds, limits.offerSeconds);
        assertEq(abi.encode(appointments.limitsOf(practice)), abi.encode(limits));
        assertEq(appointments.zoneOf(practice), ZONE, "zone");
    }

    function testFuzz_LeavesEarlierBookings(uint16 maxOpen, uint32 notice) external {
        _book(patient, 0);
        _setLimits(uint16(bound(maxOpen, 1, type(uint16).max)), notice, 0);
        assertEq(appointments.bookingOf(practice, DAY, 0).until, _startOf(0) - 1, "notice");
        assertEq(appointments.openBookingsOf(practice, patient), 0, "not counted");

        _book(patient, 1);
        assertEq(appointments.openBookingsOf(practice, patient), 1, "counted");
        _setLimits(0, 0, 0);
        _cancel(patient, 0, 1);
        assertEq(appointments.openBookingsOf(practice, patient), 1, "the first never was");
        _cancel(doctor, 1, 1);
        assertEq(appointments.openBookingsOf(practice, patient), 0, "the second no longer is");
    }

    function testFuzz_AnyNoticeAndAnyOfferTime(uint32 notice, uint32 offerSeconds) external {
        _setLimits(0, notice, offerSeconds);
        _fillDay();
        uint40 start = _startOf(0);
        assertEq(appointments.bookingOf(practice, DAY, 0).until, notice >= start ? 0 : start - 1 - notice, "until");
        _join(second);
        _cancel(doctor, 0, 1);
        uint256 stands = offerSeconds == 0 ? 2 hours : offerSeconds;
        _assertOffered(0, second, uint40(Math.min(block.timestamp + stands, start - 1)));
    }
}
