// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {VmSafe} from "forge-std/Vm.sol";

/// @title How many storage slots calls took, of what `vm.stopAndReturnStateDiff` recorded
/// @dev Recording reads each slot before the contract does, so that all are warm: gas is to be measured in another test.
library Slots {
    /// @notice Writes that made a zero slot another value: the slots that a state pays for from then on.
    function taken(
        VmSafe.AccountAccess[] memory accesses
    ) internal pure returns (uint256 count) {
        for (uint256 i = 0; i < accesses.length; ++i) {
            VmSafe.StorageAccess[] memory storageAccesses = accesses[i].storageAccesses;
            for (uint256 j = 0; j < storageAccesses.length; ++j) {
                VmSafe.StorageAccess memory one = storageAccesses[j];
                if (one.isWrite && !one.reverted && one.previousValue == 0 && one.newValue != 0) ++count;
            }
        }
    }
}
