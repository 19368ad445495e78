// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParticipants} from "./interfaces/IParticipants.sol";
import {ALL_ROLES, Role} from "./types/Role.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {Context} from "@openzeppelin/contracts/utils/Context.sol";

/// @title Participants: who is this, in which roles, until when?
///
/// TRUST ASSUMPTIONS
///
/// Who may enrol. `Administration` says it: ordinary roles at once by a registrar, powerful ones by a grantor whose call the guardian can
/// cancel during its delay. An account that has a powerful role, active or not, is out of the registrar's reach but for suspension.
///
/// A registrar that is deceived or captured can enrol a false manufacturer or distributor. Every relying room asks for a certifier's or
/// regulator's approval as well where it matters, and the registrar's act stands as an event with the digest of the application.
///
/// The forwarder is OpenZeppelin's, unchanged: it passes on only what the account signed. A caller that is not the forwarder gains nothing
/// by appending an address to its call.
///
/// Privacy. The chain shows an account's roles and validity; the organisation behind it only to whom the salt was told.
contract Participants is IParticipants, AccessManaged, ERC2771Context {
    mapping(address account => Participant participant) private _participants;

    /// @param administration the `Administration` that says who may enrol, for ever
    /// @param forwarder the `ERC2771Forwarder` through which accounts may act without ether
    constructor(address administration, address forwarder) AccessManaged(administration) ERC2771Context(forwarder) {}

    // ------------------------------------------------------------------------------------------------ administration

    /// @inheritdoc IParticipants
    function enrol(address account, Enrolment calldata enrolment) external restricted {
        Role powerful = enrolment.roles | _participants[account].roles;
        if (powerful.isPowerful()) revert Participants_PowerfulRole(account, powerful);

        _enrol(account, enrolment);
    }

    /// @inheritdoc IParticipants
    function enrolPowerful(address account, Enrolment calldata enrolment) external restricted {
        _enrol(account, enrolment);
    }

    /// @inheritdoc IParticipants
    function suspend(address account, bytes32 evidence) external restricted {
        Participant storage participant = _enrolled(account);
        if (participant.suspended) revert Participants_AlreadySuspended(account);

        participant.suspended = true;

        emit ParticipantSuspended(account, evidence);
    }

    /// @inheritdoc IParticipants
    function reinstate(address account, bytes32 evidence) external restricted {
        Participant storage participant = _enrolled(account);
        if (!participant.suspended) revert Participants_NotSuspended(account);

        participant.suspended = false;

        emit ParticipantReinstated(account, evidence);
    }

    /// @dev Nobody re-wires the house: the administration that was named at deployment stays.
    function setAuthority(address) public pure override {
        revert Participants_AuthorityFixed();
    }

    // --------------------------------------------------------------------------------------------------------- verbs

    /// @inheritdoc IParticipants
    function setEncryptionKey(bytes32 encryptionKey) external {
        address account = _msgSender();
        // Being active is not needed: a suspended or lapsed account must be able to withdraw a lost key.
        _enrolled(account).encryptionKey = encryptionKey;

        emit EncryptionKeySet(account, encryptionKey);
    }

    // --------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IParticipants
    function participantOf(address account) external view returns (Participant memory) {
        return _participants[account];
    }

    /// @inheritdoc IParticipants
    function isEnrolled(address account) external view returns (bool) {
        return !_participants[account].roles.isNone();
    }

    /// @inheritdoc IParticipants
    function isActive(address account) external view returns (bool) {
        return _isActive(_participants[account]);
    }

    /// @inheritdoc IParticipants
    function isActiveAs(address account, Role roles) external view returns (bool) {
        return _isActiveAs(account, roles);
    }

    /// @inheritdoc IParticipants
    function areActive(address first, address second) external view returns (bool) {
        return _isActive(_participants[first]) && _isActive(_participants[second]);
    }

    /// @inheritdoc IParticipants
    function areActiveAs(address first, Role firstRoles, address second, Role secondRoles)
        external
        view
        returns (bool)
    {
        return _isActiveAs(first, firstRoles) && _isActiveAs(second, secondRoles);
    }

    // ------------------------------------------------------------------------------------------------------ internal

    /// @dev A suspension and the encryption key are left as they are: the one is a grantor's to lift, the other the account's own.
    function _enrol(address account, Enrolment calldata enrolment) private {
        Role roles = enrolment.roles;
        uint40 validFrom = enrolment.validFrom;
        uint40 validUntil = enrolment.validUntil;
        if (account == address(0)) revert Participants_ZeroAccount();
        if (roles.isNone() || !(roles | ALL_ROLES == ALL_ROLES)) revert Participants_UnknownRoles(roles);
        if (validUntil < validFrom || validUntil < block.timestamp) {
            revert Participants_EmptyValidity(validFrom, validUntil);
        }
        if (enrolment.organisation == 0 || enrolment.credential == 0) revert Participants_MissingCommitment(account);

        Participant storage participant = _participants[account];
        participant.roles = roles;
        participant.validFrom = validFrom;
        participant.validUntil = validUntil;
        participant.organisation = enrolment.organisation;
        participant.credential = enrolment.credential;

        emit ParticipantEnrolled(account, roles, validFrom, validUntil, enrolment.organisation, enrolment.credential);
    }

    function _enrolled(address account) private view returns (Participant storage participant) {
        participant = _participants[account];
        if (participant.roles.isNone()) revert Participants_NotEnrolled(account);
    }

    function _isActiveAs(address account, Role roles) private view returns (bool) {
        Participant storage participant = _participants[account];
        // Roles first, then the rest of the slot: between two branches it is read once.
        bool hasRole = participant.roles.intersects(roles);
        bool active = _isActive(participant);
        return hasRole && active;
    }

    /// @dev An account never enrolled has a validity that ended in 1970; the block time is never zero.
    function _isActive(Participant storage participant) private view returns (bool) {
        // Read together, since they share a slot and every handshake asks.
        uint256 validFrom = participant.validFrom;
        uint256 validUntil = participant.validUntil;
        bool suspended = participant.suspended;
        return validFrom <= block.timestamp && block.timestamp <= validUntil && !suspended;
    }

    function _msgSender() internal view override(Context, ERC2771Context) returns (address) {
        return ERC2771Context._msgSender();
    }

    function _msgData() internal view override(Context, ERC2771Context) returns (bytes calldata) {
        return ERC2771Context._msgData();
    }

    function _contextSuffixLength() internal view override(Context, ERC2771Context) returns (uint256) {
        return ERC2771Context._contextSuffixLength();
    }
}
