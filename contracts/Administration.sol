// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAdministration} from "./interfaces/IAdministration.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @title Administration: who may administer, after what delay, and who may say no?
/// @notice OpenZeppelin's `AccessManager` with the roles of this suite and two promises of its own.
///
/// TRUST ASSUMPTIONS
///
/// The first administrator. Until its set-up transaction ends it acts without delay; that transaction gives it one. Whoever relies on a
/// suite checks the events of this contract: what was granted before, and that the administrator's delay stands.
///
/// Administrators. After its delay, and in public sight, an administrator can change who administers, even the guardian: none of
/// that reaches twins, money or certificates, which obey no administrator. It cannot shorten its own delay below `powerDelay`, nor leave
/// the house without an administrator, though it can hand over to an account that nobody controls, or take a delay that outlives it.
///
/// Grantors. A powerful role is granted by a scheduled call; during the delay the guardian, who is a second person, can cancel it.
///
/// The guardian. It can only cancel. One that cancels everything stops powerful grants, until an administrator replaces it.
///
/// Registrars. They act at once: they enrol in ordinary roles and suspend. A captured one can do both wrongly; reinstatement is a grantor's.
contract Administration is AccessManager, IAdministration {
    /// @notice Enrols participants in ordinary roles, and suspends.
    uint64 public constant REGISTRAR_ROLE = 1;
    /// @notice Enrols participants in powerful roles, and reinstates; with a delay.
    uint64 public constant GRANTOR_ROLE = 2;
    /// @notice Cancels what registrars and grantors scheduled.
    uint64 public constant GUARDIAN_ROLE = 3;

    /// @inheritdoc IAdministration
    uint32 public immutable powerDelay;

    /// @inheritdoc IAdministration
    uint256 public administratorCount;

    /// @param initialAdmin the first administrator; a parameter, since `msg.sender` is the CREATE2 factory
    /// @param minimumDelay least execution delay of administrators and grantors in seconds; zero on chain 31337 only
    constructor(address initialAdmin, uint32 minimumDelay) AccessManager(initialAdmin) {
        if (minimumDelay == 0 && block.chainid != 31337) revert Administration_DelayRequired(block.chainid);
        powerDelay = minimumDelay;

        _setRoleGuardian(REGISTRAR_ROLE, GUARDIAN_ROLE);
        _setRoleGuardian(GRANTOR_ROLE, GUARDIAN_ROLE);
        emit RoleLabel(REGISTRAR_ROLE, "REGISTRAR");
        emit RoleLabel(GRANTOR_ROLE, "GRANTOR");
        emit RoleLabel(GUARDIAN_ROLE, "GUARDIAN");
    }

    /// @dev `AccessManager`'s constructor comes through here before `powerDelay` is set, when it still reads zero: so the first
    /// administrator alone begins without a delay.
    function _grantRole(uint64 roleId, address account, uint32 grantDelay, uint32 executionDelay)
        internal
        override
        returns (bool newMember)
    {
        if ((roleId == ADMIN_ROLE || roleId == GRANTOR_ROLE) && executionDelay < powerDelay) {
            revert Administration_DelayTooShort(roleId, executionDelay, powerDelay);
        }

        newMember = super._grantRole(roleId, account, grantDelay, executionDelay);
        if (newMember && roleId == ADMIN_ROLE) ++administratorCount;
    }

    /// @dev An administrator counts from its grant on, so it must begin at once: else the others could leave before it does.
    function _setGrantDelay(uint64 roleId, uint32 newDelay) internal override {
        if (roleId == ADMIN_ROLE) revert AccessManagerLockedRole(roleId);

        super._setGrantDelay(roleId, newDelay);
    }

    /// @dev Both ways out, `revokeRole` and `renounceRole`, come through here.
    function _revokeRole(uint64 roleId, address account) internal override returns (bool revoked) {
        revoked = super._revokeRole(roleId, account);
        if (revoked && roleId == ADMIN_ROLE && --administratorCount == 0) {
            revert Administration_LastAdministrator(account);
        }
    }
}
