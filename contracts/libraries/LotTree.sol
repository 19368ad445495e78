// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The tree over the items of a lot, as OpenZeppelin's StandardMerkleTree makes it
/// @notice Leaf types uint32 index, bytes16 half, address tagKey.
library LotTree {
    /// @notice Hashed twice, so that no inner node of the tree (64 bytes, hashed once) can pass for a leaf.
    function leafOf(
        uint32 index,
        bytes16 half,
        address tagKey
    ) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(index, half, tagKey))));
    }

    /// @notice The root that `proof`, the siblings from the leaf up, leads to.
    /// @dev The same as OpenZeppelin's `MerkleProof.processProofCalldata` with its commutative hash. In assembly, since a mint walks twenty
    /// levels and has to stay below 100,000 gas: 110 gas a level here, 245 there. It uses the two words of scratch space only.
    function rootOf(
        bytes32[] calldata proof,
        bytes32 leaf
    ) internal pure returns (bytes32 node) {
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
}
