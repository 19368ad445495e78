// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice One pack of a lot, as the lot's tree has it.
/// @param index its place in the lot document, from 0
/// @param half the second half of its item id: the first 16 bytes of keccak256(serial)
/// @param tagKey the address of the key that travels with it; zero if it has none
struct Pack {
    uint32 index;
    bytes16 half;
    address tagKey;
}

/// @notice Packs of one lot, with the proof that they stand in it.
/// @param packs at least one, in the order of the lot's tree: their leaves strictly ascending by hash
/// @param proof of one pack its proof; of more the nodes of OpenZeppelin's multiproof
/// @param flags of one pack nothing; of more the multiproof's flags, one bit a step, the highest of the first byte first
struct ProvenPacks {
    Pack[] packs;
    bytes32[] proof;
    bytes flags;
}
