// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A set of leaf indices of a lot: one bit an index, 256 in a slot
/// @dev OpenZeppelin's BitMaps has no ranges and no counting.
library IndexSet {
    /// @notice 256 indices; one slot. A struct, so that reading and writing it finds its place once.
    struct Word {
        uint256 bits;
    }

    /// @notice The set.
    struct Set {
        mapping(uint256 number => Word word) words;
    }

    uint256 private constant M1 = 0x5555555555555555555555555555555555555555555555555555555555555555;
    uint256 private constant M2 = 0x3333333333333333333333333333333333333333333333333333333333333333;
    uint256 private constant M4 = 0x0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f;
    uint256 private constant M8 = 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
    uint256 private constant M16 = 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;

    /// @notice Whether the index is in the set.
    function contains(Set storage self, uint256 index) internal view returns (bool) {
        return self.words[index >> 8].bits >> (index & 0xff) & 1 != 0;
    }

    /// @notice Adds the index; false if it was in the set already.
    function add(Set storage self, uint256 index) internal returns (bool added) {
        Word storage word = self.words[index >> 8];
        uint256 bits = word.bits;
        uint256 bit = uint256(1) << (index & 0xff);
        added = bits & bit == 0;
        if (added) word.bits = bits | bit;
    }

    /// @notice How many of the indices `first` to `first + count − 1` are in the set. Reads one slot for 256 indices.
    function countIn(Set storage self, uint256 first, uint256 count) internal view returns (uint256 found) {
        uint256 end = first + count;
        while (first < end) {
            uint256 bits = self.words[first >> 8].bits & _mask(first, end);
            if (bits != 0) found += _ones(bits);
            first = (first | 0xff) + 1;
        }
    }

    /// @notice Adds all indices `first` to `first + count − 1` that are not in `self` to both sets; how many these were.
    function addMissing(Set storage self, Set storage other, uint256 first, uint256 count)
        internal
        returns (uint256 added)
    {
        uint256 end = first + count;
        while (first < end) {
            Word storage word = self.words[first >> 8];
            uint256 bits = word.bits;
            uint256 missing = _mask(first, end) & ~bits;
            if (missing != 0) {
                word.bits = bits | missing;
                other.words[first >> 8].bits |= missing;
                added += _ones(missing);
            }
            first = (first | 0xff) + 1;
        }
    }

    /// @dev The bits of `first` to `end − 1` that lie in the word of `first`.
    function _mask(uint256 first, uint256 end) private pure returns (uint256 mask) {
        mask = type(uint256).max << (first & 0xff);
        uint256 next = (first | 0xff) + 1;
        if (end < next) mask &= type(uint256).max >> (next - end);
    }

    /// @dev How many bits are set: sums of ever wider neighbours.
    function _ones(uint256 bits) private pure returns (uint256) {
        unchecked {
            bits = bits - (bits >> 1 & M1);
            bits = (bits & M2) + (bits >> 2 & M2);
            bits = (bits + (bits >> 4)) & M4;
            bits = (bits + (bits >> 8)) & M8;
            bits = (bits + (bits >> 16)) & M16;
            bits += bits >> 32;
            bits += bits >> 64;
            return (bits + (bits >> 128)) & 0xffff;
        }
    }
}
