// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParticipants} from "../../../contracts/interfaces/IParticipants.sol";
import {Base} from "../../Base.t.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

contract Participants_Suspend_Test is Base {
    function testFuzz_RevertWhen_TheCallerIsNoRegistrar(
        address caller
    ) external {
        vm.assume(caller != registrar && caller != address(administration));
        vm.assume(caller != address(forwarder));
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, caller));
        vm.prank(caller);
        participants.suspend(maker, 0);
    }

    function testFuzz_RevertGiven_NeverEnrolled(
        address account
    ) external {
        vm.assume(!participants.isEnrolled(account));
        vm.expectRevert(abi.encodeWithSelector(IParticipants.Participants_NotEnrolled.selector, account));
        vm.prank(registrar);
        participants.suspend(account, 0);
    }

    function test_RevertGiven_Suspended() external {
        _suspend(maker);
        vm.expectRevert(abi.encodeWithSelector(IParticipants.Participants_AlreadySuspended.selector, maker));
        vm.prank(registrar);
        participants.suspend(maker, 0);
    }

    function testFuzz_Suspends(
        bytes32 evidence,
        bool powerful
    ) external {
        address account = powerful ? regulator : maker;
        vm.expectEmit(address(participants));
        emit IParticipants.ParticipantSuspended(account, evidence);
        vm.prank(registrar);
        participants.suspend(account, evidence);

        IParticipants.Participant memory kept = participants.participantOf(account);
        assertTrue(kept.suspended);
        assertFalse(participants.isActive(account));
        assertFalse(participants.isActiveAs(account, kept.roles));
        assertFalse(participants.areActive(account, hospital));
        assertTrue(participants.isEnrolled(account));
    }
}
