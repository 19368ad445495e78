// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParticipants} from "../../../contracts/interfaces/IParticipants.sol";
import {PATIENT} from "../../../contracts/types/Role.sol";
import {Base} from "../../Base.t.sol";
import {ERC2771Forwarder} from "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol";

contract Participants_SetEncryptionKey_Test is Base {
    bytes32 private constant FORWARD_REQUEST_TYPEHASH = keccak256(
        "ForwardRequest(address from,address to,uint256 value,uint256 gas,uint256 nonce,uint48 deadline,bytes data)"
    );

    address private patient = _account("patient");

    function setUp() public override {
        super.setUp();
        _enrol(patient, PATIENT);
    }

    function _domainSeparator() private view returns (bytes32) {
        (, string memory name, string memory version, uint256 chainId, address verifier,,) = forwarder.eip712Domain();
        return keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256(bytes(version)),
                chainId,
                verifier
            )
        );
    }

    /// @dev A request of `from`, signed by `signer`.
    function _request(
        address from,
        address signer,
        bytes32 key
    ) private view returns (ERC2771Forwarder.ForwardRequestData memory request) {
        request.from = from;
        request.to = address(participants);
        request.gas = 100_000;
        request.deadline = START + 1 hours;
        request.data = abi.encodeCall(IParticipants.setEncryptionKey, (key));
        bytes32 structHash = keccak256(
            abi.encode(
                FORWARD_REQUEST_TYPEHASH,
                from,
                request.to,
                request.value,
                request.gas,
                forwarder.nonces(from),
                request.deadline,
                keccak256(request.data)
            )
        );
        request.signature = _sign(signer, keccak256(abi.encodePacked(hex"1901", _domainSeparator(), structHash)));
    }

    function testFuzz_RevertGiven_NeverEnrolled(
        address account,
        bytes32 key
    ) external {
        vm.assume(!participants.isEnrolled(account) && account != address(forwarder));
        vm.expectRevert(abi.encodeWithSelector(IParticipants.Participants_NotEnrolled.selector, account));
        vm.prank(account);
        participants.setEncryptionKey(key);
    }

    function testFuzz_KeepsTheKey(
        bytes32 first,
        bytes32 second,
        bool suspended,
        bool lapsed
    ) external {
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

    function testFuzz_ForwardedForTheSigner(
        bytes32 key
    ) external {
        ERC2771Forwarder.ForwardRequestData memory request = _request(patient, patient, key);
        vm.expectEmit(address(participants));
        emit IParticipants.EncryptionKeySet(patient, key);
        vm.prank(stranger);
        forwarder.execute(request);
        assertEq(participants.participantOf(patient).encryptionKey, key);
    }

    function test_RevertWhen_AForwardedRequestIsHandedInTwice() external {
        ERC2771Forwarder.ForwardRequestData memory request = _request(patient, patient, keccak256("key"));
        forwarder.execute(request);
        vm.expectPartialRevert(ERC2771Forwarder.ERC2771ForwarderInvalidSigner.selector);
        forwarder.execute(request);
    }

    function test_RevertWhen_AnotherSignedTheForwardedRequest() external {
        ERC2771Forwarder.ForwardRequestData memory request = _request(patient, hospital, keccak256("key"));
        vm.expectRevert(
            abi.encodeWithSelector(ERC2771Forwarder.ERC2771ForwarderInvalidSigner.selector, hospital, patient)
        );
        forwarder.execute(request);
    }

    function testFuzz_AnAppendedAccountIsIgnoredFromOthers(
        address victim,
        bytes32 key
    ) external {
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
