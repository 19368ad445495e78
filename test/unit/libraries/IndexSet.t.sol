// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IndexSet} from "../../../contracts/libraries/IndexSet.sol";
import {Test} from "forge-std/Test.sol";

/// @notice Against the plainest set: a flag for each index.
contract IndexSetTest is Test {
    using IndexSet for IndexSet.Set;

    /// @dev More than four words, so that ranges begin, end and lie in any of them.
    uint256 private constant SPAN = 1100;
    /// @dev The last index of the largest lot.
    uint256 private constant LAST = type(uint32).max - 1;

    IndexSet.Set private set;
    IndexSet.Set private other;

    function testFuzz_Add(uint256 index, uint256 neighbour) external {
        index = bound(index, 0, LAST);
        neighbour = bound(neighbour, 0, LAST);
        vm.assume(index != neighbour);
        assertFalse(set.contains(index), "empty");
        assertTrue(set.add(index), "added");
        assertTrue(set.contains(index), "contains");
        assertFalse(set.contains(neighbour), "only this");
        assertFalse(set.add(index), "only once");
        assertTrue(set.add(neighbour), "another");
        assertTrue(set.contains(index), "kept");
        assertFalse(other.contains(index), "in this set only");
    }

    function testFuzz_RangesAgainstFlags(uint256 base, uint256[12] memory seeds) external {
        // The span may begin anywhere in a word.
        base = bound(base, 0, LAST + 1 - SPAN);
        bool[] memory inSet = new bool[](SPAN);
        bool[] memory inOther = new bool[](SPAN);
        for (uint256 i = 0; i < seeds.length; ++i) {
            (uint256 first, uint256 count) = _range(seeds[i]);
            if (i % 3 == 0) {
                assertEq(set.add(base + first), !inSet[first], "add");
                inSet[first] = true;
                continue;
            }
            uint256 missing = 0;
            for (uint256 j = first; j < first + count; ++j) {
                if (inSet[j]) continue;
                (inSet[j], inOther[j]) = (true, true);
                ++missing;
            }
            assertEq(set.addMissing(other, base + first, count), missing, "addMissing");
        }
        for (uint256 i = 0; i < SPAN; ++i) {
            assertEq(set.contains(base + i), inSet[i], "contains");
            assertEq(other.contains(base + i), inOther[i], "other contains");
        }
        for (uint256 i = 0; i < seeds.length; ++i) {
            (uint256 first, uint256 count) = _range(uint256(keccak256(abi.encode(seeds[i]))));
            assertEq(set.countIn(base + first, count), _count(inSet, first, count), "countIn");
        }
        assertEq(set.countIn(base, SPAN), _count(inSet, 0, SPAN), "countIn all");
    }

    function testFuzz_CountIn_OneWord(uint256 bits, uint256 number, uint256 first, uint256 count) external {
        number = bound(number, 0, LAST >> 8);
        first = bound(first, 0, 255);
        count = bound(count, 0, 256 - first);
        set.words[number].bits = bits;
        uint256 expected = 0;
        for (uint256 i = first; i < first + count; ++i) {
            if (bits >> i & 1 != 0) ++expected;
        }
        assertEq(set.countIn((number << 8) + first, count), expected);
    }

    function test_CountIn_FullAndEmptyWords() external {
        set.words[1].bits = type(uint256).max;
        assertEq(set.countIn(0, 256), 0, "the word before");
        assertEq(set.countIn(256, 256), 256, "the word");
        assertEq(set.countIn(512, 256), 0, "the word after");
        assertEq(set.countIn(0, 768), 256, "all three");
        assertEq(set.countIn(255, 2), 1, "across the border");
        assertEq(set.countIn(300, 0), 0, "nothing");
    }

    function test_AddMissing_OfNothing() external {
        assertEq(set.addMissing(other, 7, 0), 0);
        assertFalse(set.contains(7));
    }

    function test_AddMissing_WritesNothingWhereAllAreIn() external {
        set.addMissing(other, 0, 600);
        vm.record();
        assertEq(set.addMissing(other, 10, 500), 0);
        (, bytes32[] memory writes) = vm.accesses(address(this));
        assertEq(writes.length, 0);
    }

    function _range(uint256 seed) private pure returns (uint256 first, uint256 count) {
        first = (seed & type(uint128).max) % SPAN;
        count = (seed >> 128) % (SPAN - first + 1);
    }

    function _count(bool[] memory flags, uint256 first, uint256 count) private pure returns (uint256 found) {
        for (uint256 i = first; i < first + count; ++i) {
            if (flags[i]) ++found;
        }
    }
}
