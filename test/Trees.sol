// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Arrays} from "@openzeppelin/contracts/utils/Arrays.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

/// @title Trees in the layout of OpenZeppelin's StandardMerkleTree (leaf types uint32, bytes16, address)
/// @notice The nodes of n leaves are an array of 2n − 1: the root first, the children of i at 2i + 1 and 2i + 2, the leaves, sorted by
/// hash, from the end backwards.
library Trees {
    /// @notice The leaf has no place in the tree.
    error Trees_NoSuchLeaf(bytes32 leaf);

    /// @notice The double hash of a leaf.
    function leafOf(uint32 index, bytes16 half, address tagKey) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(index, half, tagKey))));
    }

    /// @notice All nodes over `leaves`, which are sorted in place.
    function build(bytes32[] memory leaves) internal pure returns (bytes32[] memory nodes) {
        Arrays.sort(leaves);
        uint256 count = leaves.length;
        nodes = new bytes32[](2 * count - 1);
        for (uint256 i = 0; i < count; ++i) {
            nodes[nodes.length - 1 - i] = leaves[i];
        }
        for (uint256 i = count - 1; i > 0; --i) {
            nodes[i - 1] = Hashes.commutativeKeccak256(nodes[2 * i - 1], nodes[2 * i]);
        }
    }

    /// @notice The siblings from `leaf` up to the root.
    function proofOf(bytes32[] memory nodes, bytes32 leaf) internal pure returns (bytes32[] memory proof) {
        uint256 place = nodes.length;
        // Leaves stand in the second half only, so that no inner node is taken for one.
        while (place > nodes.length / 2 && nodes[place - 1] != leaf) --place;
        if (place <= nodes.length / 2) revert Trees_NoSuchLeaf(leaf);
        --place;

        uint256 depth = 0;
        for (uint256 i = place; i > 0; i = (i - 1) / 2) {
            ++depth;
        }
        proof = new bytes32[](depth);
        for (uint256 i = 0; i < depth; ++i) {
            proof[i] = nodes[place % 2 == 1 ? place + 1 : place - 1];
            place = (place - 1) / 2;
        }
    }

    /// @notice The multiproof of `leaves`, sorted ascending: its nodes, and its flags one bit a step, the highest of the first byte first.
    function multiProofOf(bytes32[] memory nodes, bytes32[] memory leaves)
        internal
        pure
        returns (bytes32[] memory proof, bytes memory flags)
    {
        uint256[] memory queue = new uint256[](2 * nodes.length);
        for (uint256 i = 0; i < leaves.length; ++i) {
            queue[i] = _placeOf(nodes, leaves[i]);
        }
        (uint256 head, uint256 tail) = (0, leaves.length);
        proof = new bytes32[](nodes.length);
        flags = new bytes(nodes.length);
        (uint256 proofLength, uint256 steps) = (0, 0);
        while (queue[head] != 0) {
            uint256 place = queue[head++];
            uint256 sibling = place % 2 == 1 ? place + 1 : place - 1;
            if (head < tail && queue[head] == sibling) {
                ++head;
                flags[steps / 8] |= bytes1(0x80) >> (steps % 8);
            } else {
                proof[proofLength++] = nodes[sibling];
            }
            ++steps;
            queue[tail++] = (place - 1) / 2;
        }
        assembly ("memory-safe") {
            mstore(proof, proofLength)
            mstore(flags, div(add(steps, 7), 8))
        }
    }

    /// @dev The leaves stand from the end backwards in ascending order: found by halving.
    function _placeOf(bytes32[] memory nodes, bytes32 leaf) private pure returns (uint256) {
        uint256 count = (nodes.length + 1) / 2;
        (uint256 low, uint256 high) = (0, count - 1);
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (nodes[nodes.length - 1 - middle] < leaf) low = middle + 1;
            else high = middle;
        }
        if (nodes[nodes.length - 1 - low] != leaf) revert Trees_NoSuchLeaf(leaf);
        return nodes.length - 1 - low;
    }
}
