// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Trees} from "../../Trees.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Test} from "forge-std/Test.sol";

contract TreesTest is Test {
    function _leaves(
        uint256 count,
        uint256 seed
    ) private pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](count);
        for (uint32 i = 0; i < count; ++i) {
            bytes16 half = bytes16(keccak256(abi.encode(seed, i)));
            leaves[i] = Trees.leafOf(i, half, address(uint160(i)));
        }
    }

    function testFuzz_EveryLeafIsProven(
        uint256 count,
        uint256 seed
    ) external pure {
        count = bound(count, 1, 40);
        bytes32[] memory nodes = Trees.build(_leaves(count, seed));
        bytes32[] memory leaves = _leaves(count, seed);

        for (uint256 i = 0; i < count; ++i) {
            assertTrue(MerkleProof.verify(Trees.proofOf(nodes, leaves[i]), nodes[0], leaves[i]));
        }
    }

    function testFuzz_NoOtherLeafIsProven(
        uint256 count,
        uint256 seed,
        bytes32 other
    ) external pure {
        count = bound(count, 1, 40);
        bytes32[] memory leaves = _leaves(count, seed);
        bytes32[] memory nodes = Trees.build(leaves);
        for (uint256 i = 0; i < count; ++i) {
            vm.assume(leaves[i] != other);
            assertFalse(MerkleProof.verify(Trees.proofOf(nodes, leaves[i]), nodes[0], other));
        }
    }

    /// @dev Root by @openzeppelin/merkle-tree 1.0.8, StandardMerkleTree.of([[0,"0x00…01","0x00…11"],[1,…02,…12],[2,…03,…13]], …).
    function test_RootEqualsTheJavaScriptLibrarys() external pure {
        bytes32[] memory leaves = new bytes32[](3);
        for (uint32 i = 0; i < 3; ++i) {
            leaves[i] = Trees.leafOf(i, bytes16(uint128(i + 1)), address(uint160(0x11 + i)));
        }
        assertEq(Trees.build(leaves)[0], 0x0495413afa8fd6fd0efb128b97260a13d46cd512aa47b32c8cc1373674ce13c5);
    }
}
