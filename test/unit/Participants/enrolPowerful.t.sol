// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParticipants} from "../../../contracts/interfaces/IParticipants.sol";
import {ALL_ROLES, ENGINEER, REGULATOR, Role} from "../../../contracts/types/Role.sol";
import {Base} from "../../Base.t.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

contract Participants_EnrolPowerful_Test is Base {
    function testFuzz_RevertWhen_TheCallerIsNoGrantor(
        address caller
    ) external {
        vm.assume(caller != registrar && caller != address(administration));
        vm.assume(caller != address(forwarder));
        IParticipants.Enrolment memory enrolment = _enrolment(stranger, REGULATOR);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, caller));
        vm.prank(caller);
        participants.enrolPowerful(stranger, enrolment);
    }

    function test_RevertGiven_NotScheduled() external {
        IParticipants.Enrolment memory enrolment = _enrolment(stranger, REGULATOR);
        vm.expectPartialRevert(IAccessManager.AccessManagerNotScheduled.selector);
        vm.prank(registrar);
        participants.enrolPowerful(stranger, enrolment);
    }

    function testFuzz_RevertGiven_AnotherEnrolmentWasScheduled(
        address other
    ) external {
        vm.assume(other != stranger);
        _schedulePowerful(stranger, REGULATOR);
        skip(DELAY);
        IParticipants.Enrolment memory enrolment = _enrolment(stranger, REGULATOR);
        vm.expectPartialRevert(IAccessManager.AccessManagerNotScheduled.selector);
        vm.prank(registrar);
        participants.enrolPowerful(other, enrolment);
    }

    function test_RevertWhen_ARoleDoesNotExist() external {
        Role asked = Role.wrap(1 << 14);
        _schedulePowerful(stranger, asked);
        skip(DELAY);
        IParticipants.Enrolment memory enrolment = _enrolment(stranger, asked);
        vm.expectRevert(abi.encodeWithSelector(IParticipants.Participants_UnknownRoles.selector, asked));
        vm.prank(registrar);
        participants.enrolPowerful(stranger, enrolment);
    }

    function testFuzz_EnrolsInAnyRoles(
        address account,
        uint32 roles
    ) external {
        vm.assume(account != address(0));
        Role asked = Role.wrap(uint32(bound(roles, 1, Role.unwrap(ALL_ROLES))));
        _enrolPowerful(account, asked);
        assertTrue(participants.participantOf(account).roles == asked);
        assertTrue(participants.isActiveAs(account, asked));
    }

    function test_TakesAPowerfulRoleAway() external {
        _enrolPowerful(regulator, ENGINEER);
        assertFalse(participants.isActiveAs(regulator, REGULATOR));
        // Ordinary now, so within the registrar's reach again.
        _enrol(regulator, ENGINEER);
        assertTrue(participants.isActiveAs(regulator, ENGINEER));
    }
}
