// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Role} from "../types/Role.sol";

/// @title Participants: who is this, in which roles, until when?
/// @notice One record per account. An organisation may act through any number of accounts; what links an account to its
/// organisation is a salted commitment that only the registrar, the organisation and whom it tells can open.
/// Times are seconds since 1970-01-01 UTC; `validFrom` and `validUntil` are both inside the validity.
interface IParticipants {
    /// @notice What is known of an account.
    /// @param roles what the account may be; empty for an account never enrolled
    /// @param validFrom first second of validity
    /// @param validUntil last second of validity
    /// @param suspended whether a registrar suspended it
    /// @param organisation keccak256(abi.encode(account, organisation identifier, salt)): another salt for every account
    /// @param credential sha2-256 of the signed application that was approved (it names the account, so it links nothing)
    /// @param encryptionKey X25519 public key (RFC 7748) for records sealed to this account, zero when it has none
    struct Participant {
        // slot 1
        Role roles;
        uint40 validFrom;
        uint40 validUntil;
        bool suspended;
        // slots 2 to 4
        bytes32 organisation;
        bytes32 credential;
        bytes32 encryptionKey;
    }

    /// @notice What a registrar says of an account. Field meanings as in {Participant}.
    struct Enrolment {
        Role roles;
        uint40 validFrom;
        uint40 validUntil;
        bytes32 organisation;
        bytes32 credential;
    }

    /// @notice An account was enrolled, or its enrolment replaced.
    event ParticipantEnrolled(
        address indexed account,
        Role indexed roles,
        uint40 validFrom,
        uint40 validUntil,
        bytes32 organisation,
        bytes32 credential
    );
    /// @notice An account was suspended; `evidence` is the digest of the reasons.
    event ParticipantSuspended(address indexed account, bytes32 evidence);
    /// @notice An account was reinstated; `evidence` is the digest of the reasons.
    event ParticipantReinstated(address indexed account, bytes32 evidence);
    /// @notice An account published an X25519 key, or withdrew it (zero).
    event EncryptionKeySet(address indexed account, bytes32 encryptionKey);

    /// @notice The zero address cannot take part.
    error Participants_ZeroAccount();
    /// @notice An enrolment needs at least one role, and only roles that exist.
    error Participants_UnknownRoles(Role roles);
    /// @notice `enrol` gives ordinary roles only, and does not touch an account that has a powerful one: use `enrolPowerful`.
    error Participants_PowerfulRole(address account, Role roles);
    /// @notice The validity ends before it begins, or has already ended.
    error Participants_EmptyValidity(uint40 validFrom, uint40 validUntil);
    /// @notice Organisation commitment and credential digest must not be zero.
    error Participants_MissingCommitment(address account);
    /// @notice The account was never enrolled.
    error Participants_NotEnrolled(address account);
    /// @notice The account is suspended already, or is not suspended.
    error Participants_AlreadySuspended(address account);
    error Participants_NotSuspended(address account);
    /// @notice The administration that was named at deployment stays.
    error Participants_AuthorityFixed();

    /// @notice Enrols `account` with ordinary roles, or replaces its enrolment; a suspension stays.
    /// Caller: a registrar, as `AccessManager` says. Reverts when a powerful role is asked for or already held.
    function enrol(address account, Enrolment calldata enrolment) external;

    /// @notice Enrols `account` with any roles, or replaces its enrolment; a suspension stays.
    /// Caller: a grantor, as `AccessManager` says, whose execution delay the guardian can use to cancel.
    function enrolPowerful(address account, Enrolment calldata enrolment) external;

    /// @notice Suspends `account` at once. Caller: a registrar, as `AccessManager` says.
    function suspend(address account, bytes32 evidence) external;

    /// @notice Ends a suspension. Caller: a grantor, as `AccessManager` says (delayed).
    function reinstate(address account, bytes32 evidence) external;

    /// @notice Publishes the caller's X25519 key for sealed records; zero withdraws it. Caller: an enrolled account.
    function setEncryptionKey(bytes32 encryptionKey) external;

    /// @notice All that is known of `account`; all zero when never enrolled.
    function participantOf(address account) external view returns (Participant memory);

    /// @notice Whether `account` was ever enrolled, active or not.
    function isEnrolled(address account) external view returns (bool);

    /// @notice Whether `account` is enrolled, inside its validity and not suspended.
    function isActive(address account) external view returns (bool);

    /// @notice Whether `account` is active and has at least one of `roles`.
    function isActiveAs(address account, Role roles) external view returns (bool);

    /// @notice Whether both accounts are active: one call for a handshake.
    function areActive(address first, address second) external view returns (bool);

    /// @notice Whether both accounts are active, and each has at least one of its roles: one call for who works for whom.
    function areActiveAs(address first, Role firstRoles, address second, Role secondRoles) external view returns (bool);
}
