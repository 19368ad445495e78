// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAppointments} from "../../../contracts/interfaces/IAppointments.sol";
import {PATIENT} from "../../../contracts/types/Role.sol";
import {AppointmentsTest} from "./AppointmentsTest.sol";

contract Appointments_WaitingList_Test is AppointmentsTest {
    uint32 private constant CROWD = 5;

    function testFuzz_RevertGiven_NotRegistered(address caller) external {
        vm.assume(!participants.isActiveAs(caller, PATIENT) && caller != address(forwarder));
        _fillDay();
        vm.expectRevert(abi.encodeWithSelector(IAppointments.Appointments_NotRegistered.selector, caller));
        _join(caller);
    }

    function test_RevertGiven_NoBookingsAreTaken() external {
        _fillDay();
        vm.expectRevert(_unavailable(practice, DAY + 1));
        vm.prank(second);
        appointments.joinWaitingList(practice, DAY + 1);
        _suspend(doctor);
        vm.expectRevert(_unavailable(practice, DAY));
        _join(second);
    }

    function test_RevertGiven_TheDayIsPast() external {
        _fillDay();
        vm.warp(_startOf(LAST));
        vm.expectRevert(abi.encodeWithSelector(IAppointments.Appointments_DayPast.selector, practice, DAY));
        _join(second);
    }

    function testFuzz_RevertGiven_ASlotIsFree(uint8 slot) external {
        slot = uint8(bound(slot, 1, SLOTS - 1));
        _fillDay();
        _unblock(uint256(1) << slot);
        vm.expectRevert(
            abi.encodeWithSelector(IAppointments.Appointments_DayNotFull.selector, practice, DAY, uint256(1) << slot)
        );
        _join(second);
    }

    function test_RevertGiven_WaitsAlready() external {
        _offerToSecond();
        vm.expectRevert(_alreadyWaiting(second));
        _join(second);
        vm.expectRevert(_alreadyWaiting(third));
        _join(third);
    }

    function _alreadyWaiting(address who) private view returns (bytes memory) {
        return abi.encodeWithSelector(IAppointments.Appointments_AlreadyWaiting.selector, practice, DAY, who);
    }

    function test_JoinsAtTheEnd() external {
        _fillDay();
        vm.expectEmit(address(appointments));
        emit IAppointments.WaitingListJoined(practice, DAY, second, 1);
        assertEq(_join(second), 1);
        assertEq(_join(third), 2);
        (uint32 length, address next) = appointments.waitingOf(practice, DAY);
        assertEq(length, 2, "length");
        assertEq(next, second, "next");
        (uint32 ticket, bool offered,) = appointments.placeOf(practice, DAY, third);
        assertEq(ticket, 2, "ticket");
        assertFalse(offered, "no offer");
        _leave(second);
        assertEq(_join(second), 3, "at the end again, with another ticket");
    }

    function testFuzz_RevertGiven_NotWaiting(address caller) external {
        vm.assume(caller != address(forwarder));
        vm.expectRevert(abi.encodeWithSelector(IAppointments.Appointments_NotWaiting.selector, practice, DAY, caller));
        _leave(caller);
    }

    /// @dev Whoever leaves, and in whatever order, the others are offered the slot in the order of their joining.
    function testFuzz_LeavesTheOrderOfTheOthers(uint256 leavers, uint256 seed) external {
        _fillDay();
        address[] memory crowd = new address[](CROWD);
        for (uint256 i = 0; i < CROWD; ++i) {
            crowd[i] = _account(string.concat("waiting ", vm.toString(i)));
            _enrol(crowd[i], PATIENT);
            _join(crowd[i]);
        }
        uint32 left = CROWD;
        uint32 start = uint32(bound(seed, 0, CROWD - 1));
        for (uint32 i = 0; i < CROWD; ++i) {
            uint32 k = (i + start) % CROWD;
            if (leavers >> k & 1 == 0) continue;
            if (seed >> 8 & 1 == 0) _suspend(crowd[k]);
            vm.expectEmit(address(appointments));
            emit IAppointments.WaitingListLeft(practice, DAY, crowd[k], k + 1);
            _leave(crowd[k]);
            (uint32 length,) = appointments.waitingOf(practice, DAY);
            assertEq(length, --left, "length");
        }
        // Whoever left last, the next who joins is behind those that stayed.
        _join(third);
        _cancel(patient, 0, 1);
        for (uint256 k = 0; k < CROWD; ++k) {
            if (leavers >> k & 1 == 1) continue;
            _assertOffered(0, crowd[k], uint40(block.timestamp + 2 hours));
            _leave(crowd[k]);
        }
        _assertOffered(0, third, uint40(block.timestamp + 2 hours));
        _leave(third);
        _assertFree(0, 1);
    }

    function test_DecliningPassesTheOfferOn() external {
        _offerToSecond();
        vm.expectEmit(address(appointments));
        emit IAppointments.OfferEnded(practice, DAY, second, 0);
        vm.expectEmit(address(appointments));
        emit IAppointments.SlotOffered(practice, DAY, third, 0, uint40(block.timestamp + 2 hours));
        _leave(second);
        _assertOffered(0, third, uint40(block.timestamp + 2 hours));
        (uint32 ticket, bool offered,) = appointments.placeOf(practice, DAY, second);
        assertEq(ticket, 0, "does not wait");
        assertFalse(offered, "has no offer");
        assertEq(_join(second), 3, "may wait again");
    }
}
