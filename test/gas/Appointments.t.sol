// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAppointments} from "../../contracts/interfaces/IAppointments.sol";
import {Slots} from "../Slots.sol";
import {AppointmentsTest} from "../unit/Appointments/AppointmentsTest.sol";

/// @notice Gas of whole transactions on cold state. A limit is set, so that a booking reads and writes the patient's tally as well; "dirtyWord"
/// is a booking of a patient who had one with the doctor before, on a day that has bookings.
contract AppointmentsGasTest is AppointmentsTest {
    uint32 private constant NEXT_DAY = DAY + 1;

    function setUp() public override {
        super.setUp();
        _setLimits(3, 1 days, 0);
        _open(practice, _day(NEXT_DAY));
        _book(patient, 0);
        _book(second, 1);
    }

    function test_Gas_Book_DirtyWord() external {
        _book(patient, 7);
        uint256 gasUsed = vm.snapshotGasLastCall("Appointments", "book/dirtyWord");
        assertLe(gasUsed, 82_000);
    }

    function test_Slots_Book_DirtyWord() external {
        assertEq(_slotsOfBooking(patient, DAY, 7), 1);
    }

    function test_Gas_Book_NewDay() external {
        _book(practice, patient, NEXT_DAY, 7);
        vm.snapshotGasLastCall("Appointments", "book/newDay");
    }

    function test_Slots_Book_NewDay() external {
        assertEq(_slotsOfBooking(patient, NEXT_DAY, 7), 2);
    }

    function test_Gas_Book_FirstOfPatient() external {
        _book(third, 7);
        vm.snapshotGasLastCall("Appointments", "book/firstOfPatient");
    }

    function test_Slots_Book_FirstOfPatient() external {
        assertEq(_slotsOfBooking(third, DAY, 7), 2, "with a limit: the tally");
    }

    function test_Gas_Book_WithoutLimit() external {
        _setLimits(0, 1 days, 0);
        _book(third, 7);
        vm.snapshotGasLastCall("Appointments", "book/withoutLimit");
    }

    function test_Slots_Book_WithoutLimit() external {
        _setLimits(0, 1 days, 0);
        assertEq(_slotsOfBooking(third, DAY, 7), 1, "whoever it is");
    }

    /// @dev A slot that was booked before has its record already.
    function test_Slots_Book_AgainAfterCancelling() external {
        _cancel(second, 1, 1);
        assertEq(_slotsOfBooking(patient, DAY, 1), 0);
    }

    function test_Gas_Book_Machine() external {
        _book(machine, patient, DAY, 0);
        _book(machine, patient, DAY, 1);
        vm.snapshotGasLastCall("Appointments", "book/machine");
    }

    function test_Gas_Cancel() external {
        _cancel(patient, 0, 1);
        vm.snapshotGasLastCall("Appointments", "cancel");
    }

    function test_Gas_Cancel_WithOffer() external {
        _block(ALL & ~uint256(3));
        _join(third);
        _cancel(patient, 0, 1);
        vm.snapshotGasLastCall("Appointments", "cancel/offer");
    }

    function test_Gas_Reschedule() external {
        _reschedule(patient, 0, DAY, 9);
        vm.snapshotGasLastCall("Appointments", "reschedule");
    }

    function test_Gas_JoinWaitingList() external {
        _block(ALL & ~uint256(3));
        _join(third);
        vm.snapshotGasLastCall("Appointments", "joinWaitingList");
    }

    function test_Gas_AcceptOffer() external {
        _block(ALL & ~uint256(3));
        _join(third);
        _cancel(patient, 0, 1);
        _accept(third, 0);
        vm.snapshotGasLastCall("Appointments", "acceptOffer");
    }

    function test_Gas_CompleteAfterCheckIn() external {
        _checkIn(0);
        vm.snapshotGasLastCall("Appointments", "checkIn");
        vm.warp(FIRST_AT);
        _complete(0);
        vm.snapshotGasLastCall("Appointments", "complete");
    }

    function test_Gas_OpenWeek() external {
        IAppointments.NewDay[] memory week = new IAppointments.NewDay[](5);
        for (uint32 i = 0; i < 5; ++i) {
            week[i] = _day(DAY + 7 + i);
        }
        vm.prank(doctor);
        appointments.open(practice, ZONE, week);
        vm.snapshotGasLastCall("Appointments", "open/5days");
    }

    function _slotsOfBooking(address by, uint32 day, uint8 slot) private returns (uint256) {
        vm.startStateDiffRecording();
        _book(practice, by, day, slot);
        return Slots.taken(vm.stopAndReturnStateDiff());
    }
}
