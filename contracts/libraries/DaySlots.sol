// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAppointments} from "../interfaces/IAppointments.sol";

/// @title When the slots of a day are, and which of them are still to start
library DaySlots {
    /// @notice When `slot` starts; for the slot after the last one, when the day ends.
    function startOf(IAppointments.Day memory self, uint256 slot) internal pure returns (uint40) {
        // Safe: a day is checked when it is opened or changed, and lasts at most 24 hours from a date near its number.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint40(self.firstAt + slot * self.slotSeconds);
    }

    /// @notice When the last slot ends.
    function end(IAppointments.Day memory self) internal pure returns (uint40) {
        return startOf(self, self.count);
    }

    /// @notice A bit for every slot of the day.
    function all(IAppointments.Day memory self) internal pure returns (uint256) {
        return type(uint256).max >> (256 - self.count);
    }

    /// @notice A bit for every slot that starts after `time`.
    function startingAfter(IAppointments.Day memory self, uint256 time) internal pure returns (uint256) {
        if (time < self.firstAt) return all(self);
        uint256 started = (time - self.firstAt) / self.slotSeconds + 1;
        // With 256 or more the shift leaves nothing, which is right.
        return all(self) & (type(uint256).max << started);
    }
}
