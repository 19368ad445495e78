// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParticipants} from "../../../contracts/interfaces/IParticipants.sol";
import {PATIENT} from "../../../contracts/types/Role.sol";
import {Base} from "../../Base.t.sol";
import {ERC2771Forwarder} from "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol";

contract Participants_SetEncryptionKey_Test is Base {
    address private patient = _account("patient");

    function setUp() public override {
        super.setUp();
        _enrol(patient, PATIENT);
    }

    /// @dev A request of `from`, signed by `signer`.
    function _keyRequest(address from, address signer, bytes32 key)
        private
        view
        returns (ERC2771Forwarder.ForwardRequestData memory)
    {
        return _request(address(participants), from, signer, abi.encodeCall(IParticipants.setEncryptionKey, (key)));
    }

    function testFuzz_RevertGiven_NeverEnrolled(address account, bytes32 key) external {
        vm.assume(!participants.isEnrolled(account) && account != address(forwarder));
        vm.expectRevert(abi.encodeWithSelector(IParticipants.Participants_NotEnrolled.selector, account));
        vm.prank(account);
        participants.setEncryptionKey(key);
    }

    function testFuzz_KeepsTheKey(bytes32 first, bytes32 second, bool suspended, bool lapsed) external {
        if (suspended) _suspend(patient);
        if (lapsed) skip(4000 days);
        vm.prank(patient);
        participants.setEncryptionKey(first);
        vm.expectEmit(address(participants));
        emit IParticipants.EncryptionKeySet(patient, second);
        vm.prank(patient);
        participants.setEncryptionKey(second);
        assertEq(participants.participantOf(patient).encryptionKey, second);
    }

    function testFuzz_ForwardedForTheSigner(bytes32 key) external {
        ERC2771Forwarder.ForwardRequestData memory request = _keyRequest(patient, patient, key);
        vm.expectEmit(address(participants));
        emit IParticipants.EncryptionKeySet(patient, key);
        vm.prank(stranger);
        forwarder.execute(request);
        assertEq(participants.participantOf(patient).encryptionKey, key);
    }

    function test_RevertWhen_AForwardedRequestIsHandedInTwice() external {
        ERC2771Forwarder.ForwardRequestData memory request = _keyRequest(patient, patient, keccak256("key"));
        forwarder.execute(request);
        vm.expectPartialRevert(ERC2771Forwarder.ERC2771ForwarderInvalidSigner.selector);
        forwarder.execute(request);
    }

    function test_RevertWhen_AnotherSignedTheForwardedRequest() external {
        ERC2771Forwarder.ForwardRequestData memory request = _keyRequest(patient, hospital, keccak256("key"));
        vm.expectRevert(
            abi.encodeWithSelector(ERC2771Forwarder.ERC2771ForwarderInvalidSigner.selector, hospital, patient)
        );
        forwarder.execute(request);
    }

    function testFuzz_AnAppendedAccountIsIgnoredFromOthers(address victim, bytes32 key) external {
        vm.assume(victim != hospital);
        bytes32 before = participants.participantOf(victim).encryptionKey;
        bytes memory spoofed = abi.encodePacked(abi.encodeCall(IParticipants.setEncryptionKey, (key)), victim);
        vm.prank(hospital);
        (bool success,) = address(participants).call(spoofed);
        assertTrue(success);
        assertEq(participants.participantOf(hospital).encryptionKey, key);
        assertEq(participants.participantOf(victim).encryptionKey, before);
    }

    function test_RevertWhen_AStrangerAppendsTheRegistrar() external {
        bytes memory spoofed = abi.encodePacked(abi.encodeCall(IParticipants.suspend, (maker, bytes32(0))), registrar);
        vm.prank(stranger);
        (bool success,) = address(participants).call(spoofed);
        assertFalse(success);
        assertTrue(participants.isActive(maker));
    }
}
