// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAnchors} from "../../../contracts/interfaces/IAnchors.sol";
import {CODEC_DAG_PB, CODEC_RAW} from "../../../contracts/types/Content.sol";
import {Base} from "../../Base.t.sol";

/// @title What the tests of `Anchors` share
abstract contract AnchorsBase is Base {
    bytes32 internal constant SUBJECT = keccak256("subject");
    IAnchors.CertificateKind internal constant KIND = IAnchors.CertificateKind.Authenticity;

    /// @notice What the fuzzer fills: it would give an enum values that it does not have.
    struct AnyCertificate {
        bytes32 subject;
        uint8 kind;
        bytes32 digest;
        uint8 codec;
        uint40 issuedAt;
        uint40 validFrom;
        uint40 validUntil;
    }

    /// @notice A certificate of `maker`, valid for a year.
    function _certificate(
        uint40 issuedAt
    ) internal view returns (IAnchors.Certificate memory) {
        return IAnchors.Certificate({
            subject: SUBJECT,
            kind: KIND,
            issuer: maker,
            digest: keccak256(abi.encode("document", issuedAt)),
            codec: CODEC_RAW,
            issuedAt: issuedAt,
            validFrom: START,
            validUntil: START + 365 days
        });
    }

    /// @notice Any certificate of `issuer`, in order or not.
    function _anyOf(
        AnyCertificate memory fuzzed,
        address issuer
    ) internal pure returns (IAnchors.Certificate memory) {
        return IAnchors.Certificate({
            subject: fuzzed.subject,
            kind: IAnchors.CertificateKind(fuzzed.kind % (uint8(type(IAnchors.CertificateKind).max) + 1)),
            issuer: issuer,
            digest: fuzzed.digest,
            codec: fuzzed.codec,
            issuedAt: fuzzed.issuedAt,
            validFrom: fuzzed.validFrom,
            validUntil: fuzzed.validUntil
        });
    }

    /// @notice Any certificate of `issuer` that is in order.
    function _inOrder(
        AnyCertificate memory fuzzed,
        address issuer
    ) internal view returns (IAnchors.Certificate memory certificate) {
        certificate = _anyOf(fuzzed, issuer);
        certificate.issuedAt = uint40(bound(certificate.issuedAt, 1, block.timestamp));
        certificate.validUntil = uint40(bound(certificate.validUntil, certificate.validFrom, type(uint40).max));
        certificate.codec = certificate.codec % 2 == 0 ? CODEC_RAW : CODEC_DAG_PB;
        if (certificate.digest == 0) certificate.digest = keccak256("document");
    }

    function _issue(
        IAnchors.Certificate memory certificate
    ) internal {
        vm.prank(certificate.issuer);
        anchors.issue(certificate);
    }

    function _expectNotNewer(
        uint40 issuedAt,
        uint40 newest
    ) internal {
        vm.expectRevert(abi.encodeWithSelector(IAnchors.Anchors_NotNewer.selector, issuedAt, newest));
    }

    function _expectIssued(
        IAnchors.Certificate memory certificate
    ) internal {
        vm.expectEmit(address(anchors));
        emit IAnchors.CertificateIssued(
            certificate.subject,
            certificate.kind,
            certificate.issuer,
            certificate.digest,
            certificate.codec,
            certificate.issuedAt,
            certificate.validFrom,
            certificate.validUntil
        );
    }

    function _assertKept(
        IAnchors.Certificate memory certificate
    ) internal view {
        IAnchors.CertificateState memory state =
            anchors.certificateOf(certificate.subject, certificate.kind, certificate.issuer);
        assertEq(state.digest, certificate.digest);
        assertEq(state.codec, certificate.codec);
        assertEq(state.issuedAt, certificate.issuedAt);
        assertEq(state.validFrom, certificate.validFrom);
        assertEq(state.validUntil, certificate.validUntil);
        assertEq(state.revokedAt, 0);
        assertEq(uint8(state.reason), uint8(IAnchors.RevocationReason.Unspecified));
    }
}
