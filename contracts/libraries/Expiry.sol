// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title When a lot has expired
library Expiry {
    /// @notice Whether the last second of the expiry date is past; never for zero, of what does not expire.
    /// @dev Expiry is a matter of days; a validator can shift the clock by seconds.
    function isPast(uint40 expiresAt) internal view returns (bool) {
        return expiresAt != 0 && block.timestamp > expiresAt;
    }
}
