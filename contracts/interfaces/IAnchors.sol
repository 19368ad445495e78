// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Content} from "../types/Content.sol";

/// @title Anchors: what evidence exists about a subject?
/// @notice Certificates are kept for checks on chain, per (subject, kind, issuer); documents and logs are events with one chained
/// head per (subject, author). A subject is a model id, a lot id (16 bytes, then zeros), an item id, or an account (as a number).
/// Who counts as issuer of a kind is for the room that relies on it: for authenticity, the model's manufacturer.
interface IAnchors {
    /// @notice What a certificate says; the list grows at its end.
    enum CertificateKind {
        Authenticity,
        Conformity,
        Calibration,
        Maintenance,
        Credential
    }

    /// @notice Why a certificate was revoked (after RFC 5280 §5.3.1).
    enum RevocationReason {
        Unspecified,
        KeyCompromise,
        AffiliationChanged,
        Superseded,
        CessationOfOperation,
        PrivilegeWithdrawn
    }

    /// @notice What a record is; the list grows at its end.
    enum RecordKind {
        Document,
        Log,
        Alarm,
        Photograph,
        Report
    }

    /// @notice A certificate as issued or signed.
    /// @param subject what it is about
    /// @param kind what it says
    /// @param issuer who says it
    /// @param digest sha2-256 of the certificate document's root block
    /// @param codec codec of that block
    /// @param issuedAt when it was issued or signed: later than what it replaces, and later than its revocation
    /// @param validFrom first second of validity
    /// @param validUntil last second of validity
    struct Certificate {
        bytes32 subject;
        CertificateKind kind;
        address issuer;
        bytes32 digest;
        uint8 codec;
        uint40 issuedAt;
        uint40 validFrom;
        uint40 validUntil;
    }

    /// @notice What is kept of the newest certificate; two slots.
    struct CertificateState {
        // slot 1
        bytes32 digest;
        // slot 2
        uint8 codec;
        uint40 issuedAt;
        uint40 validFrom;
        uint40 validUntil;
        uint40 revokedAt;
        RevocationReason reason;
    }

    /// @notice A certificate now counts; it supersedes the one before it of the same (subject, kind, issuer).
    event CertificateIssued(
        bytes32 indexed subject,
        CertificateKind indexed kind,
        address indexed issuer,
        bytes32 digest,
        uint8 codec,
        uint40 issuedAt,
        uint40 validFrom,
        uint40 validUntil
    );
    /// @notice The issuer revoked what it had issued or signed for (subject, kind) up to now.
    event CertificateRevoked(
        bytes32 indexed subject, CertificateKind indexed kind, address indexed issuer, RevocationReason reason
    );
    /// @notice An author added a record; `head` chains all its records about the subject.
    event RecordAppended(
        bytes32 indexed subject,
        address indexed author,
        RecordKind indexed kind,
        bytes32 digest,
        uint8 codec,
        bytes32 head
    );

    /// @notice The issuer or author is not an active participant (nor, for records, a contract that was never enrolled).
    error Anchors_NotActive(address account);
    /// @notice `issue` is for the caller's own certificates; hand in a signed one with `submit`.
    error Anchors_NotIssuer(address issuer, address caller);
    /// @notice The signature is not the issuer's over this certificate on this chain.
    error Anchors_BadSignature(address issuer);
    /// @notice A document needs a digest and codec 0x55 or 0x70.
    error Anchors_BadDocument(bytes32 digest, uint8 codec);
    /// @notice The validity ends before it begins.
    error Anchors_EmptyValidity(uint40 validFrom, uint40 validUntil);
    /// @notice Not newer than the certificate or revocation that is known (`newest`), so superseded or revoked.
    error Anchors_NotNewer(uint40 issuedAt, uint40 newest);
    /// @notice Issued in the future.
    error Anchors_IssuedInFuture(uint40 issuedAt);

    /// @notice Issues a certificate. Caller: `certificate.issuer`, an active participant.
    function issue(Certificate calldata certificate) external;

    /// @notice Hands in a certificate that its issuer signed (EIP-712, or ERC-1271 for contracts). Caller: anyone.
    function submit(Certificate calldata certificate, bytes calldata signature) external;

    /// @notice Revokes all that the caller issued or signed for (subject, kind) with a date up to now, also what was never handed in.
    /// Caller: anyone for itself; a suspended issuer can still revoke.
    function revoke(bytes32 subject, CertificateKind kind, RevocationReason reason) external;

    /// @notice Adds a record to the caller's chain about `subject`. Caller: an active participant, or a contract that was never
    /// enrolled, in its own name (its chain means what that contract makes of it).
    function append(bytes32 subject, RecordKind kind, Content calldata content) external returns (bytes32 head);

    /// @notice The newest certificate of (subject, kind, issuer), valid or not.
    function certificateOf(bytes32 subject, CertificateKind kind, address issuer)
        external
        view
        returns (CertificateState memory);

    /// @notice Whether that certificate is inside its validity and not revoked.
    function isCertified(bytes32 subject, CertificateKind kind, address issuer) external view returns (bool);

    /// @notice Head of the author's chain about `subject`, zero for none:
    /// keccak256(abi.encode(previous head, kind, digest, codec)).
    function headOf(bytes32 subject, address author) external view returns (bytes32);

    /// @notice The EIP-712 digest that an issuer signs.
    function hashOf(Certificate calldata certificate) external view returns (bytes32);
}
