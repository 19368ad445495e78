// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Anchors} from "../../../contracts/Anchors.sol";
import {IAnchors} from "../../../contracts/interfaces/IAnchors.sol";
import {MANUFACTURER} from "../../../contracts/types/Role.sol";
import {Wallet} from "../../mocks/Wallet.sol";
import {AnchorsBase} from "./Anchors.t.sol";

contract Anchors_Submit_Test is AnchorsBase {
    uint256 private constant SECP256K1_N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    function _signed(
        IAnchors.Certificate memory certificate,
        address signer
    ) private view returns (bytes memory) {
        return _sign(signer, anchors.hashOf(certificate));
    }

    function _expectBadSignature(
        IAnchors.Certificate memory certificate,
        bytes memory signature
    ) private {
        vm.expectRevert(abi.encodeWithSelector(IAnchors.Anchors_BadSignature.selector, certificate.issuer));
        anchors.submit(certificate, signature);
    }

    function testFuzz_RevertWhen_AnotherSigned(
        uint256 privateKey
    ) external {
        privateKey = bound(privateKey, 1, SECP256K1_N - 1);
        vm.assume(vm.addr(privateKey) != maker);
        IAnchors.Certificate memory certificate = _certificate(START);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(privateKey, anchors.hashOf(certificate));
        _expectBadSignature(certificate, abi.encodePacked(r, s, v));
    }

    function testFuzz_RevertWhen_AFieldWasChanged(
        AnyCertificate memory fuzzed
    ) external {
        IAnchors.Certificate memory changed = _inOrder(fuzzed, maker);
        IAnchors.Certificate memory certificate = _certificate(START);
        vm.assume(keccak256(abi.encode(changed)) != keccak256(abi.encode(certificate)));
        _expectBadSignature(changed, _signed(certificate, maker));
    }

    function testFuzz_RevertWhen_SignedForAnotherChain(
        uint32 chainId
    ) external {
        chainId = uint32(bound(chainId, 1, type(uint32).max));
        vm.assume(chainId != block.chainid);
        IAnchors.Certificate memory certificate = _certificate(START);
        bytes memory signature = _signed(certificate, maker);
        vm.chainId(chainId);
        _expectBadSignature(certificate, signature);
    }

    function test_RevertWhen_SignedForAnotherDeployment() external {
        Anchors other = new Anchors(participants);
        IAnchors.Certificate memory certificate = _certificate(START);
        _expectBadSignature(certificate, _sign(maker, other.hashOf(certificate)));
    }

    function test_RevertWhen_TheSignatureWasMalleated() external {
        IAnchors.Certificate memory certificate = _certificate(START);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keyOf[maker], anchors.hashOf(certificate));
        bytes32 otherS = bytes32(SECP256K1_N - uint256(s));
        // It recovers to the maker all the same: only the rule for s refuses it.
        assertEq(ecrecover(anchors.hashOf(certificate), v ^ 7, r, otherS), maker);
        _expectBadSignature(certificate, abi.encodePacked(r, otherS, v ^ 7));
    }

    function testFuzz_RevertWhen_TheSignatureHasAnotherForm(
        bytes memory signature
    ) external {
        _expectBadSignature(_certificate(START), signature);
    }

    function test_RevertWhen_TheIssuerIsZero() external {
        IAnchors.Certificate memory certificate = _certificate(START);
        certificate.issuer = address(0);
        _expectBadSignature(certificate, new bytes(65));
    }

    function testFuzz_RevertGiven_TheIssuerIsNotActive(
        bool lapsed
    ) external {
        IAnchors.Certificate memory certificate = _certificate(START);
        bytes memory signature = _signed(certificate, maker);
        if (lapsed) skip(4000 days);
        else _suspend(maker);
        vm.expectRevert(abi.encodeWithSelector(IAnchors.Anchors_NotActive.selector, maker));
        anchors.submit(certificate, signature);
    }

    function test_RevertGiven_Superseded() external {
        IAnchors.Certificate memory first = _certificate(START - 1);
        bytes memory signature = _signed(first, maker);
        anchors.submit(first, signature);
        _issue(_certificate(START));
        _expectNotNewer(START - 1, START);
        anchors.submit(first, signature);
    }

    function testFuzz_RevertGiven_Revoked(
        bool handedIn,
        uint40 wait
    ) external {
        IAnchors.Certificate memory certificate = _certificate(START);
        bytes memory signature = _signed(certificate, maker);
        if (handedIn) anchors.submit(certificate, signature);
        skip(bound(wait, 0, 300 days));
        uint40 revokedAt = uint40(block.timestamp);
        vm.prank(maker);
        anchors.revoke(SUBJECT, KIND, IAnchors.RevocationReason.KeyCompromise);
        _expectNotNewer(START, revokedAt);
        anchors.submit(certificate, signature);
    }

    function test_RevertWhen_HandedInAgain() external {
        IAnchors.Certificate memory certificate = _certificate(START);
        bytes memory signature = _signed(certificate, maker);
        anchors.submit(certificate, signature);
        _expectNotNewer(START, START);
        anchors.submit(certificate, signature);
    }

    function testFuzz_KeepsWhatTheIssuerSigned(
        address caller,
        AnyCertificate memory fuzzed
    ) external {
        IAnchors.Certificate memory certificate = _inOrder(fuzzed, maker);
        bytes memory signature = _signed(certificate, maker);
        _expectIssued(certificate);
        vm.prank(caller);
        anchors.submit(certificate, signature);
        _assertKept(certificate);
    }

    function testFuzz_KeepsWhatAContractSigned(
        AnyCertificate memory fuzzed
    ) external {
        Wallet wallet = new Wallet(stranger);
        _enrol(address(wallet), MANUFACTURER);
        IAnchors.Certificate memory certificate = _inOrder(fuzzed, address(wallet));
        bytes memory signature = _signed(certificate, stranger);
        _expectIssued(certificate);
        anchors.submit(certificate, signature);
        _assertKept(certificate);
    }

    function test_RevertWhen_AContractDidNotSign() external {
        Wallet wallet = new Wallet(stranger);
        _enrol(address(wallet), MANUFACTURER);
        IAnchors.Certificate memory certificate = _certificate(START);
        certificate.issuer = address(wallet);
        _expectBadSignature(certificate, _signed(certificate, maker));
    }

    function test_RevertWhen_AContractCannotSign() external {
        IAnchors.Certificate memory certificate = _certificate(START);
        certificate.issuer = address(forwarder);
        _expectBadSignature(certificate, _signed(certificate, maker));
    }

    /// @dev The hash as any EIP-712 library makes it.
    function testFuzz_HashIsThatOfEip712(
        AnyCertificate memory fuzzed,
        address issuer
    ) external view {
        IAnchors.Certificate memory certificate = _anyOf(fuzzed, issuer);
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Theriac Anchors"),
                keccak256("1"),
                block.chainid,
                address(anchors)
            )
        );
        bytes32 typehash = keccak256(
            "Certificate(bytes32 subject,uint8 kind,address issuer,bytes32 digest,uint8 codec,uint40 issuedAt,uint40 validFrom,uint40 validUntil)"
        );
        bytes memory words = abi.encode(
            uint256(certificate.subject),
            uint256(uint8(certificate.kind)),
            uint256(uint160(certificate.issuer)),
            uint256(certificate.digest),
            uint256(certificate.codec),
            uint256(certificate.issuedAt),
            uint256(certificate.validFrom),
            uint256(certificate.validUntil)
        );
        bytes32 structHash = keccak256(abi.encodePacked(typehash, words));
        assertEq(anchors.hashOf(certificate), keccak256(abi.encodePacked(hex"1901", domain, structHash)));
    }
}
