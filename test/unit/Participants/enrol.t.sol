// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParticipants} from "../../../contracts/interfaces/IParticipants.sol";
import {ALL_ROLES, ENGINEER, MANUFACTURER, POWERFUL, REGULATOR, Role} from "../../../contracts/types/Role.sol";
import {Base} from "../../Base.t.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

contract Participants_Enrol_Test is Base {
    Role private constant ORDINARY = Role.wrap(Role.unwrap(ALL_ROLES) & ~Role.unwrap(POWERFUL));

    function _expect(
        address account,
        IParticipants.Enrolment memory enrolment,
        bytes memory expected
    ) private {
        vm.expectRevert(expected);
        vm.prank(registrar);
        participants.enrol(account, enrolment);
    }

    function testFuzz_RevertWhen_TheCallerIsNoRegistrar(
        address caller
    ) external {
        vm.assume(caller != registrar && caller != address(administration));
        vm.assume(caller != address(forwarder));
        IParticipants.Enrolment memory enrolment = _enrolment(stranger, ENGINEER);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, caller));
        vm.prank(caller);
        participants.enrol(stranger, enrolment);
    }

    function test_RevertWhen_TheAccountIsZero() external {
        _expect(
            address(0),
            _enrolment(address(0), ENGINEER),
            abi.encodeWithSelector(IParticipants.Participants_ZeroAccount.selector)
        );
    }

    function testFuzz_RevertWhen_APowerfulRoleIsAskedFor(
        uint32 roles
    ) external {
        Role asked = Role.wrap(roles);
        if (!asked.isPowerful()) asked = asked | REGULATOR;
        _expect(
            stranger,
            _enrolment(stranger, asked),
            abi.encodeWithSelector(IParticipants.Participants_PowerfulRole.selector, stranger, asked)
        );
    }

    function testFuzz_RevertGiven_TheAccountHasAPowerfulRole(
        bool lapsed
    ) external {
        if (lapsed) skip(4000 days);
        IParticipants.Enrolment memory enrolment = _enrolment(regulator, ENGINEER);
        enrolment.validUntil = type(uint40).max;
        _expect(
            regulator,
            enrolment,
            abi.encodeWithSelector(IParticipants.Participants_PowerfulRole.selector, regulator, REGULATOR | ENGINEER)
        );
    }

    function testFuzz_RevertWhen_ARoleDoesNotExist(
        uint32 roles
    ) external {
        uint32 unknown = uint32(bound(roles, 1, type(uint32).max >> 14)) << 14;
        Role asked = Role.wrap(unknown | (roles & Role.unwrap(ORDINARY)));
        _expect(
            stranger,
            _enrolment(stranger, asked),
            abi.encodeWithSelector(IParticipants.Participants_UnknownRoles.selector, asked)
        );
    }

    function test_RevertWhen_NoRoleIsAskedFor() external {
        _expect(
            stranger,
            _enrolment(stranger, Role.wrap(0)),
            abi.encodeWithSelector(IParticipants.Participants_UnknownRoles.selector, Role.wrap(0))
        );
    }

    function testFuzz_RevertWhen_TheValidityEndsBeforeItBegins(
        uint40 validFrom,
        uint40 validUntil
    ) external {
        validFrom = uint40(bound(validFrom, START + 1, type(uint40).max));
        validUntil = uint40(bound(validUntil, START, validFrom - 1));
        IParticipants.Enrolment memory enrolment = _enrolment(stranger, ENGINEER);
        (enrolment.validFrom, enrolment.validUntil) = (validFrom, validUntil);
        _expect(
            stranger,
            enrolment,
            abi.encodeWithSelector(IParticipants.Participants_EmptyValidity.selector, validFrom, validUntil)
        );
    }

    function testFuzz_RevertWhen_TheValidityHasEnded(
        uint40 validUntil
    ) external {
        validUntil = uint40(bound(validUntil, 0, START - 1));
        IParticipants.Enrolment memory enrolment = _enrolment(stranger, ENGINEER);
        (enrolment.validFrom, enrolment.validUntil) = (0, validUntil);
        _expect(
            stranger,
            enrolment,
            abi.encodeWithSelector(IParticipants.Participants_EmptyValidity.selector, 0, validUntil)
        );
    }

    function test_RevertWhen_ACommitmentIsMissing() external {
        bytes memory expected = abi.encodeWithSelector(IParticipants.Participants_MissingCommitment.selector, stranger);
        IParticipants.Enrolment memory enrolment = _enrolment(stranger, ENGINEER);
        enrolment.organisation = 0;
        _expect(stranger, enrolment, expected);
        enrolment = _enrolment(stranger, ENGINEER);
        enrolment.credential = 0;
        _expect(stranger, enrolment, expected);
    }

    function testFuzz_Enrols(
        address account,
        IParticipants.Enrolment memory enrolment
    ) external {
        vm.assume(account != address(0) && !participants.isEnrolled(account));
        uint32 roles = Role.unwrap(enrolment.roles) & Role.unwrap(ORDINARY);
        enrolment.roles = roles == 0 ? ENGINEER : Role.wrap(roles);
        enrolment.validUntil = uint40(bound(enrolment.validUntil, START, type(uint40).max));
        enrolment.validFrom = uint40(bound(enrolment.validFrom, 0, enrolment.validUntil));
        if (enrolment.organisation == 0) enrolment.organisation = keccak256("organisation");
        if (enrolment.credential == 0) enrolment.credential = keccak256("credential");

        vm.expectEmit(address(participants));
        emit IParticipants.ParticipantEnrolled(
            account,
            enrolment.roles,
            enrolment.validFrom,
            enrolment.validUntil,
            enrolment.organisation,
            enrolment.credential
        );
        vm.prank(registrar);
        participants.enrol(account, enrolment);

        IParticipants.Participant memory kept = participants.participantOf(account);
        assertTrue(kept.roles == enrolment.roles);
        assertEq(kept.validFrom, enrolment.validFrom);
        assertEq(kept.validUntil, enrolment.validUntil);
        assertEq(kept.organisation, enrolment.organisation);
        assertEq(kept.credential, enrolment.credential);
        assertFalse(kept.suspended);
        assertEq(kept.encryptionKey, 0);
        assertTrue(participants.isEnrolled(account));
        assertEq(participants.isActive(account), enrolment.validFrom <= START);
    }

    function testFuzz_EnrolsAgain(
        bytes32 encryptionKey,
        bool suspended
    ) external {
        vm.prank(maker);
        participants.setEncryptionKey(encryptionKey);
        if (suspended) _suspend(maker);

        _enrol(maker, MANUFACTURER | ENGINEER);

        IParticipants.Participant memory kept = participants.participantOf(maker);
        assertTrue(kept.roles == MANUFACTURER | ENGINEER);
        assertEq(kept.suspended, suspended);
        assertEq(kept.encryptionKey, encryptionKey);
    }
}
