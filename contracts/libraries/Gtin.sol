// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Whether a text is a GTIN padded to 14 digits (GS1 General Specifications §3.3.2, check digit §7.9.1)
library Gtin {
    uint256 private constant DIGITS = 14;

    /// @notice Whether `text` is 14 digits and the last is their check digit.
    /// @dev With weights 3, 1, 3, 1, … from the left the check digit has weight 1, and the sum of a right GTIN is a multiple of 10.
    function isValid(
        string calldata text
    ) internal pure returns (bool) {
        bytes calldata digits = bytes(text);
        if (digits.length != DIGITS) return false;
        uint256 sum;
        for (uint256 i = 0; i < DIGITS; ++i) {
            bytes1 digit = digits[i];
            if (digit < "0" || digit > "9") return false;
            sum += (uint8(digit) - 0x30) * (i % 2 == 0 ? 3 : 1);
        }
        return sum % 10 == 0;
    }
}
