// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParticipants} from "../../../contracts/interfaces/IParticipants.sol";
import {Base} from "../../Base.t.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

contract Participants_Reinstate_Test is Base {
    function _call(
        address account,
        bytes32 evidence
    ) private pure returns (bytes memory) {
        return abi.encodeCall(IParticipants.reinstate, (account, evidence));
    }

    function _afterDelay(
        address account,
        bytes32 evidence
    ) private {
        _schedule(registrar, address(participants), _call(account, evidence));
        skip(DELAY);
    }

    function test_RevertGiven_NotScheduled() external {
        _suspend(maker);
        vm.expectPartialRevert(IAccessManager.AccessManagerNotScheduled.selector);
        vm.prank(registrar);
        participants.reinstate(maker, 0);
    }

    function test_RevertGiven_TheGuardianCancelled() external {
        _suspend(maker);
        _afterDelay(maker, 0);
        vm.prank(guardian);
        administration.cancel(registrar, address(participants), _call(maker, 0));
        vm.expectPartialRevert(IAccessManager.AccessManagerNotScheduled.selector);
        vm.prank(registrar);
        participants.reinstate(maker, 0);
        assertFalse(participants.isActive(maker));
    }

    function testFuzz_RevertGiven_NeverEnrolled(
        address account
    ) external {
        vm.assume(!participants.isEnrolled(account));
        _afterDelay(account, 0);
        vm.expectRevert(abi.encodeWithSelector(IParticipants.Participants_NotEnrolled.selector, account));
        vm.prank(registrar);
        participants.reinstate(account, 0);
    }

    function test_RevertGiven_NotSuspended() external {
        _afterDelay(maker, 0);
        vm.expectRevert(abi.encodeWithSelector(IParticipants.Participants_NotSuspended.selector, maker));
        vm.prank(registrar);
        participants.reinstate(maker, 0);
    }

    function testFuzz_Reinstates(
        bytes32 evidence
    ) external {
        _suspend(maker);
        _afterDelay(maker, evidence);
        vm.expectEmit(address(participants));
        emit IParticipants.ParticipantReinstated(maker, evidence);
        vm.prank(registrar);
        participants.reinstate(maker, evidence);
        assertTrue(participants.isActive(maker));
    }
}
