// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Serial shipping container codes (GS1 General Specifications, section 7.9 for the check digit)
library Sscc {
    /// @notice The code of 18 digits: extension digit 0, company prefix, serial, check digit.
    function numbered(string memory prefix, uint256 serial) internal pure returns (string memory) {
        bytes memory digits = bytes("000000000000000000");
        for (uint256 i = 0; i < bytes(prefix).length; ++i) {
            digits[1 + i] = bytes(prefix)[i];
        }
        for (uint256 place = 16; serial > 0; serial /= 10) {
            digits[place--] = bytes("0123456789")[serial % 10];
        }
        uint256 sum = 0;
        for (uint256 i = 0; i < 17; ++i) {
            sum += (uint8(digits[i]) - 48) * (i % 2 == 0 ? 3 : 1);
        }
        digits[17] = bytes("0123456789")[(10 - sum % 10) % 10];
        return string(digits);
    }
}
