// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Administration: who may administer, after what delay, and who may say no?
/// @notice What this suite adds to OpenZeppelin's `AccessManager`; everything else is as `IAccessManager` says.
interface IAdministration {
    /// @notice A suite without delays is for a local chain (31337) only.
    error Administration_DelayRequired(uint256 chainId);
    /// @notice GRANTOR_ROLE and ADMIN_ROLE are held with an execution delay of at least `required` seconds.
    error Administration_DelayTooShort(uint64 roleId, uint32 executionDelay, uint32 required);
    /// @notice The last administrator can neither leave nor be removed; grant the role to another first.
    error Administration_LastAdministrator(address account);

    /// @notice Least execution delay of administrators and grantors, in seconds.
    function powerDelay() external view returns (uint32);

    /// @notice How many accounts have ADMIN_ROLE.
    function administratorCount() external view returns (uint256);
}
