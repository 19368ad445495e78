// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Pack, ProvenPacks} from "../types/Pack.sol";

/// @title The tree over the items of a lot, as OpenZeppelin's StandardMerkleTree makes it
/// @notice Leaf types uint32 index, bytes16 half, address tagKey.
library LotTree {
    /// @notice Hashed twice, so that no inner node of the tree (64 bytes, hashed once) can pass for a leaf.
    /// @dev keccak256(bytes.concat(keccak256(abi.encode(index, half, tagKey)))) without the copies: 300 gas less a leaf.
    function leafOf(uint32 index, bytes16 half, address tagKey) internal pure returns (bytes32 leaf) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, and(index, 0xffffffff))
            // bytes16 stands left in its word.
            mstore(add(free, 0x20), shl(128, shr(128, half)))
            mstore(add(free, 0x40), shr(96, shl(96, tagKey)))
            mstore(0x00, keccak256(free, 0x60))
            leaf := keccak256(0x00, 0x20)
        }
    }

    /// @notice The root that `proof`, the siblings from the leaf up, leads to.
    /// @dev The same as OpenZeppelin's `MerkleProof.processProofCalldata` with its commutative hash. In assembly, since a mint walks twenty
    /// levels and has to stay below 100,000 gas: 110 gas a level here, 245 there. It uses the two words of scratch space only.
    function rootOf(bytes32[] calldata proof, bytes32 leaf) internal pure returns (bytes32 node) {
        node = leaf;
        assembly ("memory-safe") {
            let end := add(proof.offset, shl(5, proof.length))
            for { let next := proof.offset } lt(next, end) { next := add(next, 0x20) } {
                let sibling := calldataload(next)
                // The smaller of the two goes first: to word 0 or word 1.
                let place := shl(5, gt(node, sibling))
                mstore(place, node)
                mstore(xor(place, 0x20), sibling)
                node := keccak256(0x00, 0x40)
            }
        }
    }

    /// @notice The root that the packs of a lot of `lotCount` lead to; zero when they are none, out of order or beyond the lot.
    function rootOfPacks(ProvenPacks calldata proven, uint256 lotCount) internal pure returns (bytes32) {
        Pack[] calldata packs = proven.packs;
        uint256 count = packs.length;
        if (count == 0) return 0;
        if (count == 1) {
            Pack calldata only = packs[0];
            // Its flags say nothing.
            if (only.index >= lotCount) return 0;
            return rootOf(proven.proof, leafOf(only.index, only.half, only.tagKey));
        }
        bytes32[] memory nodes = new bytes32[](2 * count + proven.proof.length - 1);
        bytes32 last = 0;
        for (uint256 i = 0; i < count; ++i) {
            Pack calldata pack = packs[i];
            bytes32 leaf = leafOf(pack.index, pack.half, pack.tagKey);
            // Strictly ascending, so that no pack is named twice.
            if (leaf <= last || pack.index >= lotCount) return 0;
            nodes[i] = last = leaf;
        }
        return rootOfMany(nodes, count, proven.proof, proven.flags);
    }

    /// @notice The root that the first `count` of `nodes`, leaves from the end of the tree's array, lead to with `proof`; zero when they do not fit together.
    /// @param nodes the leaves, with room for one node a step after them; count + proof − 1 steps
    /// @param flags one bit a step, the highest of the first byte first: set when both children are known, else one comes from `proof`
    /// @dev OpenZeppelin's `processMultiProofCalldata` with its `bool[]` as bits: its flags alone cost 140 gas a step of calldata, and a hundred packs of a
    /// lot of ten thousand take some 850 steps. Unlike there, no node is read before it was made.
    function rootOfMany(bytes32[] memory nodes, uint256 count, bytes32[] calldata proof, bytes calldata flags)
        internal
        pure
        returns (bytes32 root)
    {
        uint256 steps = count + proof.length - 1;
        if (nodes.length < count + steps || flags.length != (steps + 7) / 8) return 0;
        if (steps == 0) return nodes[0];
        assembly ("memory-safe") {
            let head := add(nodes, 0x20)
            let tail := add(head, shl(5, count))
            let next := proof.offset
            let end := add(next, shl(5, proof.length))
            let last := add(tail, shl(5, steps))
            let word := flags.offset
            let bits := calldataload(word)
            let left := 256
            for {} lt(tail, last) {} {
                let node := mload(head)
                head := add(head, 0x20)
                let sibling
                switch slt(bits, 0)
                case 0 {
                    sibling := calldataload(next)
                    next := add(next, 0x20)
                }
                default {
                    sibling := mload(head)
                    head := add(head, 0x20)
                }
                // A node that is not made yet: nothing follows from it.
                if gt(head, tail) { break }
                let place := shl(5, gt(node, sibling))
                mstore(place, node)
                mstore(xor(place, 0x20), sibling)
                mstore(tail, keccak256(0x00, 0x40))
                tail := add(tail, 0x20)
                bits := shl(1, bits)
                left := sub(left, 1)
                if iszero(left) {
                    word := add(word, 0x20)
                    bits := calldataload(word)
                    left := 256
                }
            }
            // All was used but the last node made.
            if and(eq(next, end), eq(add(head, 0x20), tail)) { root := mload(head) }
        }
    }
}
