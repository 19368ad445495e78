// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ItemId} from "./Ids.sol";

// What can be booked: a practitioner as its account (12 zero bytes, then the account), or a machine as its item id.
type ResourceId is bytes32;

using {
    resourceEquals as ==,
    ResourceLibrary.isPractitioner,
    ResourceLibrary.account,
    ResourceLibrary.tokenId
} for ResourceId global;

function resourceEquals(ResourceId a, ResourceId b) pure returns (bool) {
    return ResourceId.unwrap(a) == ResourceId.unwrap(b);
}

/// @title How ids of resources are made and taken apart
/// @dev An item id begins with 16 bytes of a hash, so one that begins with 12 zero bytes would take some 2^96 trials to make.
library ResourceLibrary {
    /// @notice The practitioner that acts through `practitioner`.
    function ofPractitioner(address practitioner) internal pure returns (ResourceId) {
        return ResourceId.wrap(bytes32(uint256(uint160(practitioner))));
    }

    /// @notice The machine whose twin is the token of `item`.
    function ofMachine(ItemId item) internal pure returns (ResourceId) {
        return ResourceId.wrap(ItemId.unwrap(item));
    }

    /// @notice Whether it is a practitioner, not a machine.
    function isPractitioner(ResourceId self) internal pure returns (bool) {
        return tokenId(self) <= type(uint160).max;
    }

    /// @notice The account of a practitioner.
    function account(ResourceId self) internal pure returns (address) {
        // The zeros before it are cut off: a practitioner's id has nothing there.
        // forge-lint: disable-next-line(unsafe-typecast)
        return address(uint160(tokenId(self)));
    }

    /// @notice The ERC-721 token of a machine.
    function tokenId(ResourceId self) internal pure returns (uint256) {
        return uint256(ResourceId.unwrap(self));
    }
}
