// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAppointments} from "../../../contracts/interfaces/IAppointments.sol";
import {AppointmentsTest} from "./AppointmentsTest.sol";

contract Appointments_Lapse_Test is AppointmentsTest {
    function _notCounted() private view returns (bytes memory) {
        return abi.encodeWithSelector(IAppointments.Appointments_NotCounted.selector, practice, DAY, uint8(0));
    }

    function testFuzz_RevertGiven_NoSuchBooking(uint8 slot, uint32 nonce) external {
        vm.expectRevert(_noBooking(slot, nonce));
        appointments.lapse(practice, DAY, slot, nonce);
    }

    function test_RevertGiven_NotCounted() external {
        _book(patient, 0);
        vm.warp(_startOf(1));
        vm.expectRevert(_notCounted());
        appointments.lapse(practice, DAY, 0, 1);
    }

    function testFuzz_RevertWhen_NotOver(uint256 now_) external {
        _setLimits(1, 0, 0);
        _book(patient, 0);
        vm.warp(bound(now_, START, _startOf(1) - 1));
        vm.expectRevert(_tooEarly(_startOf(1)));
        appointments.lapse(practice, DAY, 0, 1);
    }

    function testFuzz_CountsNoLonger(address caller, bool checkedIn, uint8 end) external {
        vm.assume(caller != address(forwarder));
        _setLimits(1, 0, 0);
        _book(patient, 0);
        if (checkedIn) _checkIn(0);
        vm.warp(_startOf(1));
        vm.expectEmit(address(appointments));
        emit IAppointments.Lapsed(practice, DAY, patient, 0, 1);
        vm.prank(caller);
        appointments.lapse(practice, DAY, 0, 1);
        assertEq(appointments.openBookingsOf(practice, patient), 0, "count");
        vm.expectRevert(_notCounted());
        appointments.lapse(practice, DAY, 0, 1);

        _book(patient, 5);
        if (end % 3 == 0) _complete(0);
        else if (end % 3 == 1) _cancel(doctor, 0, 1);
        else if (!checkedIn) _markNoShow(0);
        assertEq(appointments.openBookingsOf(practice, patient), 1, "the next one counts on");
    }
}
