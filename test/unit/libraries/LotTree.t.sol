// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {LotTree} from "../../../contracts/libraries/LotTree.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Test} from "forge-std/Test.sol";

contract LotTreeTest is Test {
    /// @dev OpenZeppelin's own walk is the judge.
    function testFuzz_RootOf(
        bytes32[] calldata proof,
        bytes32 leaf
    ) external pure {
        assertEq(LotTree.rootOf(proof, leaf), MerkleProof.processProofCalldata(proof, leaf));
    }

    function testFuzz_LeafOf(
        uint32 index,
        bytes16 half,
        address tagKey
    ) external pure {
        bytes32 inner = keccak256(abi.encode(index, half, tagKey));
        assertEq(LotTree.leafOf(index, half, tagKey), keccak256(abi.encode(inner)));
    }
}
