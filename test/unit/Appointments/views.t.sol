// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAppointments} from "../../../contracts/interfaces/IAppointments.sol";
import {ResourceId, ResourceLibrary} from "../../../contracts/types/ResourceId.sol";
import {AppointmentsTest} from "./AppointmentsTest.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

contract Appointments_Views_Test is AppointmentsTest {
    function test_KnowsItsRooms() external view {
        assertEq(address(appointments.PARTICIPANTS()), address(participants));
        assertEq(address(appointments.CUSTODY()), address(custody));
        assertEq(address(appointments.DEVICES()), address(devices));
        assertEq(appointments.trustedForwarder(), address(forwarder));
    }

    function testFuzz_HostOfAPractitionerIsItsAccount(address account) external view {
        assertEq(appointments.hostOf(ResourceLibrary.ofPractitioner(account)), account);
    }

    function test_HostOfAMachineIsItsOwner() external {
        assertEq(appointments.hostOf(machine), hospital);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, _item(1).tokenId()));
        appointments.hostOf(ResourceLibrary.ofMachine(_item(1)));
    }

    function testFuzz_WhatNeverWasIsZero(ResourceId resource, uint32 day, uint8 slot, address account) external view {
        vm.assume(!(resource == practice) && !(resource == machine));
        assertEq(appointments.zoneOf(resource), 0);
        IAppointments.Limits memory limits = appointments.limitsOf(resource);
        assertEq(uint256(limits.maxOpen) | limits.noticeSeconds | limits.offerSeconds, 0);
        IAppointments.Day memory info = appointments.dayOf(resource, day);
        assertEq(uint256(info.firstAt) | info.slotSeconds | info.count, 0);
        (uint256 taken, uint256 blockedMask) = appointments.masksOf(resource, day);
        assertEq(taken | blockedMask, 0);
        assertEq(appointments.bookingOf(resource, day, slot).nonce, 0);
        assertEq(appointments.openBookingsOf(resource, account), 0);
        (uint32 length, address next) = appointments.waitingOf(resource, day);
        assertEq(uint256(length) | uint160(next), 0);
        (uint32 ticket, bool offered,) = appointments.placeOf(resource, day, account);
        assertEq(ticket, 0);
        assertFalse(offered);
    }
}
