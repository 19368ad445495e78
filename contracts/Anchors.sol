// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAnchors} from "./interfaces/IAnchors.sol";
import {IParticipants} from "./interfaces/IParticipants.sol";
import {Content} from "./types/Content.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title Anchors: what evidence exists about a subject?
///
/// TRUST ASSUMPTIONS
///
/// What is said. A certificate proves that its issuer said it, a record that its author kept it; nothing here judges whether it is true, or
/// whether the issuer is the one whose word counts. The room that relies on it names the issuer it believes.
///
/// Nobody writes for another: certificates are kept per issuer and chains per author, so a flood of false ones touches nothing of theirs.
///
/// Time. An issuer dates its own certificates, but never in the future nor before what it replaces or revoked, so an old signature cannot
/// bring back what was superseded or revoked. Whoever holds a signature decides when to hand it in. One that was given a later date than
/// that of the revocation escapes it, so an issuer signs with the date of the day and, if its key was misused, is suspended.
///
/// Suspension stops an issuer from issuing, and what it signed from being handed in; what was issued before stands until it is revoked or
/// ends. A relying room that wants more asks `Participants` as well.
///
/// Withholding. A chained head shows that a record was left out or changed to whoever has the records, not that one was never written.
contract Anchors is IAnchors, EIP712 {
    bytes32 private constant CERTIFICATE_TYPEHASH = keccak256(
        "Certificate(bytes32 subject,uint8 kind,address issuer,bytes32 digest,uint8 codec,uint40 issuedAt,uint40 validFrom,uint40 validUntil)"
    );

    /// @notice Where it is known who is active.
    IParticipants public immutable participants;

    mapping(bytes32 subject => mapping(CertificateKind kind => mapping(address issuer => CertificateState state)))
        private _certificates;

    /// @inheritdoc IAnchors
    mapping(bytes32 subject => mapping(address author => bytes32 head)) public headOf;

    constructor(IParticipants participants_) EIP712("Theriac Anchors", "1") {
        participants = participants_;
    }

    // --------------------------------------------------------------------------------------------------------- verbs

    /// @inheritdoc IAnchors
    function issue(Certificate calldata certificate) external {
        if (certificate.issuer != msg.sender) revert Anchors_NotIssuer(certificate.issuer, msg.sender);

        _keep(certificate);
    }

    /// @inheritdoc IAnchors
    function submit(Certificate calldata certificate, bytes calldata signature) external {
        // A contract is asked by a static call, so it cannot change anything between this check and what follows.
        if (!SignatureChecker.isValidSignatureNowCalldata(certificate.issuer, hashOf(certificate), signature)) {
            revert Anchors_BadSignature(certificate.issuer);
        }

        _keep(certificate);
    }

    /// @inheritdoc IAnchors
    function revoke(bytes32 subject, CertificateKind kind, RevocationReason reason) external {
        // No check: it touches the caller's own certificates only, and a suspended issuer must be able to take back its word.
        CertificateState storage state = _certificates[subject][kind][msg.sender];
        state.revokedAt = uint40(block.timestamp);
        state.reason = reason;

        emit CertificateRevoked(subject, kind, msg.sender, reason);
    }

    /// @inheritdoc IAnchors
    function append(bytes32 subject, RecordKind kind, Content calldata content) external returns (bytes32 head) {
        if (!content.isWellFormed()) revert Anchors_BadDocument(content.digest, content.codec);
        if (!participants.isActive(msg.sender)) _checkRoom(msg.sender);

        head = keccak256(abi.encode(headOf[subject][msg.sender], kind, content.digest, content.codec));
        headOf[subject][msg.sender] = head;

        emit RecordAppended(subject, msg.sender, kind, content.digest, content.codec, head);
    }

    // --------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IAnchors
    function certificateOf(bytes32 subject, CertificateKind kind, address issuer)
        external
        view
        returns (CertificateState memory)
    {
        return _certificates[subject][kind][issuer];
    }

    /// @inheritdoc IAnchors
    function isCertified(bytes32 subject, CertificateKind kind, address issuer) external view returns (bool) {
        CertificateState storage state = _certificates[subject][kind][issuer];
        // A new certificate clears the revocation before it; one never issued has no date of issue.
        return state.issuedAt != 0 && state.revokedAt == 0 && state.validFrom <= block.timestamp
            && block.timestamp <= state.validUntil;
    }

    /// @inheritdoc IAnchors
    function hashOf(Certificate calldata certificate) public view returns (bytes32) {
        // The fields stand in the order of the type, each in one word: the encoding of the struct is that of EIP-712.
        return _hashTypedDataV4(keccak256(abi.encode(CERTIFICATE_TYPEHASH, certificate)));
    }

    // ------------------------------------------------------------------------------------------------------ internal

    /// @dev Checks and keeps a certificate that its issuer is known to have issued.
    function _keep(Certificate calldata certificate) private {
        address issuer = certificate.issuer;
        uint40 issuedAt = certificate.issuedAt;
        CertificateState storage state = _certificates[certificate.subject][certificate.kind][issuer];
        if (!Content(certificate.digest, certificate.codec).isWellFormed()) {
            revert Anchors_BadDocument(certificate.digest, certificate.codec);
        }
        if (certificate.validUntil < certificate.validFrom) {
            revert Anchors_EmptyValidity(certificate.validFrom, certificate.validUntil);
        }
        if (issuedAt > block.timestamp) revert Anchors_IssuedInFuture(issuedAt);
        uint40 newest = state.revokedAt > state.issuedAt ? state.revokedAt : state.issuedAt;
        if (issuedAt <= newest) revert Anchors_NotNewer(issuedAt, newest);
        if (!participants.isActive(issuer)) revert Anchors_NotActive(issuer);

        state.digest = certificate.digest;
        state.codec = certificate.codec;
        state.issuedAt = issuedAt;
        state.validFrom = certificate.validFrom;
        state.validUntil = certificate.validUntil;
        // The revocation before it needs no keeping: from here on nothing up to `issuedAt`, which is later, is accepted.
        state.revokedAt = 0;
        state.reason = RevocationReason.Unspecified;

        emit CertificateIssued(
            certificate.subject,
            certificate.kind,
            issuer,
            certificate.digest,
            certificate.codec,
            issuedAt,
            certificate.validFrom,
            certificate.validUntil
        );
    }

    /// @dev A contract that was never enrolled writes in its own name, and so does an account that delegates to code (EIP-7702). One that
    /// was enrolled, such as a wallet of a participant, is a participant like the others, so that suspension stops it, too.
    function _checkRoom(address author) private view {
        if (author.code.length == 0 || participants.isEnrolled(author)) revert Anchors_NotActive(author);
    }
}
