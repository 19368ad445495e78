// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {LotTree} from "../../../contracts/libraries/LotTree.sol";
import {Pack, ProvenPacks} from "../../../contracts/types/Pack.sol";
import {Trees} from "../../Trees.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Test} from "forge-std/Test.sol";

/// @notice The library, called from outside: it reads calldata.
contract LotTreeCaller {
    function rootOfMany(bytes32[] calldata leaves, bytes32[] calldata proof, bytes calldata flags, uint256 spare)
        external
        pure
        returns (bytes32)
    {
        bytes32[] memory nodes = new bytes32[](2 * leaves.length + proof.length + spare - 1);
        for (uint256 i = 0; i < leaves.length; ++i) {
            nodes[i] = leaves[i];
        }
        return LotTree.rootOfMany(nodes, leaves.length, proof, flags);
    }

    /// @dev Without room for the nodes that are made.
    function rootWithoutRoom(bytes32[] memory leaves, bytes32[] calldata proof, bytes calldata flags)
        external
        pure
        returns (bytes32)
    {
        return LotTree.rootOfMany(leaves, leaves.length, proof, flags);
    }

    function rootOfPacks(ProvenPacks calldata proven, uint256 lotCount) external pure returns (bytes32) {
        return LotTree.rootOfPacks(proven, lotCount);
    }

    function openZeppelins(bytes32[] calldata proof, bool[] calldata flags, bytes32[] memory leaves)
        external
        pure
        returns (bytes32)
    {
        return MerkleProof.processMultiProofCalldata(proof, flags, leaves);
    }
}

contract LotTreeTest is Test {
    LotTreeCaller private immutable CALLER = new LotTreeCaller();

    /// @dev OpenZeppelin's own walk is the judge.
    function testFuzz_RootOf(bytes32[] calldata proof, bytes32 leaf) external pure {
        assertEq(LotTree.rootOf(proof, leaf), MerkleProof.processProofCalldata(proof, leaf));
    }

    function testFuzz_LeafOf(uint32 index, bytes16 half, address tagKey) external pure {
        bytes32 inner = keccak256(abi.encode(index, half, tagKey));
        assertEq(LotTree.leafOf(index, half, tagKey), keccak256(abi.encode(inner)));
    }

    /// @dev What lies above and below the bits of a narrow type in its word does not count.
    function test_LeafOf_DirtyWords() external pure {
        uint32 index;
        bytes16 half;
        address tagKey;
        assembly ("memory-safe") {
            index := or(shl(32, 7), 5)
            half := or(shl(128, 9), 3)
            tagKey := or(shl(160, 11), 13)
        }
        bytes32 inner = keccak256(abi.encode(uint32(5), bytes16(uint128(9)), address(13)));
        assertEq(LotTree.leafOf(index, half, tagKey), keccak256(abi.encode(inner)));
    }

    // ------------------------------------------------------------------------------------------------------- many

    /// @dev Any part of any tree, with more than 256 steps in the larger ones.
    function testFuzz_RootOfMany(uint256 count, uint256 seed, uint8 density) external view {
        count = bound(count, 1, 300);
        bytes32[] memory leaves = _leaves(count, seed);
        bytes32[] memory nodes = Trees.build(leaves);
        bytes32[] memory some = _someOf(leaves, seed, density);
        (bytes32[] memory proof, bytes memory flags) = Trees.multiProofOf(nodes, some);

        assertEq(CALLER.rootOfMany(some, proof, flags, 0), nodes[0], "root");
        assertEq(CALLER.openZeppelins(proof, _bools(flags, some.length + proof.length - 1), some), nodes[0], "judge");
    }

    function test_RootOfMany_AThousandSteps() external view {
        bytes32[] memory leaves = _leaves(2000, 1);
        bytes32[] memory nodes = Trees.build(leaves);
        bytes32[] memory some = _someOf(leaves, 1, 20);
        (bytes32[] memory proof, bytes memory flags) = Trees.multiProofOf(nodes, some);
        assertGt(some.length + proof.length, 512, "several words of flags");
        assertEq(CALLER.rootOfMany(some, proof, flags, 5), nodes[0]);
    }

    /// @dev Whatever is asked, the answer is that of the plainest walk; where there is one, OpenZeppelin gives the same.
    function testFuzz_RootOfMany_AnyFlags(uint256 seed, uint8 count, uint8 proofLength, bytes32[3] memory bits)
        external
        view
    {
        bytes32[] memory leaves = _leaves(bound(count, 1, 12), seed);
        bytes32[] memory proof = _leaves(bound(proofLength, 0, 12), ~seed);
        uint256 steps = leaves.length + proof.length - 1;
        bytes memory flags = new bytes((steps + 7) / 8);
        for (uint256 i = 0; i < flags.length; ++i) {
            flags[i] = bits[i / 32][i % 32];
        }
        bool[] memory bools = _bools(flags, steps);
        bytes32 expected = _walk(leaves, proof, bools);
        assertEq(CALLER.rootOfMany(leaves, proof, flags, 0), expected, "walk");
        if (expected != 0) assertEq(CALLER.openZeppelins(proof, bools, leaves), expected, "judge");
    }

    function testFuzz_RootOfMany_MisfitProof(uint256 count, uint256 seed, uint256 mistake, uint256 place)
        external
        view
    {
        bytes32[] memory leaves = _leaves(bound(count, 4, 60), seed);
        bytes32[] memory nodes = Trees.build(leaves);
        bytes32[] memory some = _someOf(leaves, seed, 100);
        (bytes32[] memory proof, bytes memory flags) = Trees.multiProofOf(nodes, some);
        uint256 steps = some.length + proof.length - 1;
        mistake = bound(mistake, 0, 6);
        place = bound(place, 0, 1000);
        if (mistake == 0) proof = _resized(proof, proof.length + 1);
        if (mistake == 1) {
            (proof, mistake) = proof.length == 0 ? (_resized(proof, 1), 0) : (_resized(proof, proof.length - 1), 1);
        }
        if (mistake == 2) flags[(place % steps) / 8] ^= _flagOf(place % steps);
        if (mistake == 3) some = _resized(some, some.length - 1);
        if (mistake == 4) some[place % some.length] = some[(place + 1) % some.length];
        if (mistake == 5) (some[0], some[some.length - 1]) = (some[some.length - 1], some[0]);
        if (mistake == 6) flags = bytes.concat(flags, bytes1(0));
        bytes32 found = CALLER.rootOfMany(some, proof, flags, 2);
        // Two neighbours may change places: their parent hashes them in order of size.
        if (mistake == 5) assertEq(found, _walk(some, proof, _bools(flags, steps)), "walk");
        else assertNotEq(found, nodes[0], "no mistake leads to the root");
    }

    function test_RootOfMany_ANodeBeforeItWasMade() external view {
        bytes32[] memory leaves = _leaves(2, 1);
        bytes32[] memory proof = _leaves(2, 2);
        bytes32 left = Hashes.commutativeKeccak256(leaves[0], proof[0]);
        bytes32 right = Hashes.commutativeKeccak256(leaves[1], proof[1]);
        bytes32 root = Hashes.commutativeKeccak256(left, right);
        assertEq(CALLER.rootOfMany(leaves, proof, hex"20", 0), root, "both were made before");
        bytes32[] memory one = _leaves(1, 1);
        assertEq(CALLER.rootOfMany(one, proof, hex"80", 0), 0, "its own parent");
        assertEq(CALLER.rootOfMany(one, proof, hex"40", 0), 0, "its own grandparent");
    }

    function test_RootOfMany_NoSteps() external view {
        bytes32[] memory one = _leaves(1, 1);
        bytes32[] memory none = new bytes32[](0);
        assertEq(CALLER.rootOfMany(one, none, "", 0), one[0], "the leaf is the root");
        assertEq(CALLER.rootOfMany(one, none, hex"00", 0), 0, "flags of no step");
    }

    function test_RootOfMany_NoRoomForNodes() external view {
        bytes32[] memory two = _leaves(2, 1);
        bytes32[] memory none = new bytes32[](0);
        assertEq(CALLER.rootWithoutRoom(two, none, hex"80"), 0);
        assertEq(CALLER.rootOfMany(two, none, hex"80", 0), Hashes.commutativeKeccak256(two[0], two[1]), "with room");
    }

    // ------------------------------------------------------------------------------------------------------ packs

    function testFuzz_RootOfPacks(uint32 count, uint256 seed, uint8 density) external view {
        (ProvenPacks memory proven, bytes32 root) = _proven(uint32(bound(count, 1, 80)), seed, density);
        assertEq(CALLER.rootOfPacks(proven, bound(count, 1, 80)), root);
    }

    function testFuzz_RootOfPacks_OfOneTheFlagsSayNothing(uint32 count, uint256 seed, bytes calldata flags)
        external
        view
    {
        count = uint32(bound(count, 1, 80));
        (ProvenPacks memory proven, bytes32 root) = _proven(count, seed, 0);
        assertEq(proven.packs.length, 1, "one");
        proven.flags = flags;
        assertEq(CALLER.rootOfPacks(proven, count), root);
    }

    function testFuzz_RootOfPacks_BeyondTheLot(uint32 count, uint256 seed, uint8 density) external view {
        count = uint32(bound(count, 1, 80));
        (ProvenPacks memory proven,) = _proven(count, seed, density);
        uint32 largest = 0;
        for (uint256 i = 0; i < proven.packs.length; ++i) {
            if (proven.packs[i].index > largest) largest = proven.packs[i].index;
        }
        assertEq(CALLER.rootOfPacks(proven, largest), 0, "the last is no more of the lot");
        assertNotEq(CALLER.rootOfPacks(proven, uint256(largest) + 1), 0, "it is");
    }

    function testFuzz_RootOfPacks_OutOfOrder(uint256 seed, uint256 a, uint256 b) external view {
        (ProvenPacks memory proven,) = _proven(40, seed, 100);
        (a, b) = (bound(a, 0, proven.packs.length - 1), bound(b, 0, proven.packs.length - 1));
        vm.assume(a != b);
        (proven.packs[a], proven.packs[b]) = (proven.packs[b], proven.packs[a]);
        assertEq(CALLER.rootOfPacks(proven, 40), 0, "changed places");
        proven.packs[a] = proven.packs[b];
        assertEq(CALLER.rootOfPacks(proven, 40), 0, "named twice");
    }

    /// @dev Two packs that are one: the parent of a leaf with itself is no node of the tree, but order alone refuses it.
    function test_RootOfPacks_OnePackTwice() external view {
        (ProvenPacks memory proven,) = _proven(1, 1, 0);
        Pack memory only = proven.packs[0];
        proven.packs = new Pack[](2);
        (proven.packs[0], proven.packs[1]) = (only, only);
        proven.flags = hex"80";
        assertEq(CALLER.rootOfPacks(proven, 1), 0);
    }

    function testFuzz_RootOfPacks_AnotherPack(uint256 seed, uint256 which, uint8 field) external view {
        (ProvenPacks memory proven, bytes32 root) = _proven(40, seed, seed % 2 == 0 ? 0 : 100);
        Pack memory forged = proven.packs[bound(which, 0, proven.packs.length - 1)];
        field = uint8(bound(field, 0, 2));
        if (field == 0) forged.index = (forged.index + 1) % 40;
        if (field == 1) forged.half = bytes16(uint128(forged.half) + 1);
        if (field == 2) forged.tagKey = address(uint160(forged.tagKey) + 1);
        assertNotEq(CALLER.rootOfPacks(proven, 40), root);
    }

    /// @dev Nothing is proven by the root itself, nor by any of its nodes.
    function testFuzz_RootOfPacks_None(uint256 seed, uint8 proofLength) external view {
        (, bytes32 root) = _proven(10, seed, 0);
        ProvenPacks memory proven;
        proven.proof = new bytes32[](bound(proofLength, 0, 3));
        if (proven.proof.length != 0) proven.proof[0] = root;
        assertEq(CALLER.rootOfPacks(proven, 10), 0);
    }

    // ---------------------------------------------------------------------------------------------------- helpers

    /// @dev Some packs of a lot, those that a share of `density` in 255 takes and one more, proven; and the lot's root.
    function _proven(uint32 count, uint256 seed, uint8 density)
        private
        pure
        returns (ProvenPacks memory proven, bytes32 root)
    {
        Pack[] memory packs = new Pack[](count);
        bytes32[] memory leaves = new bytes32[](count);
        for (uint32 i = 0; i < count; ++i) {
            packs[i] = Pack(i, bytes16(keccak256(abi.encode(seed, i))), address(uint160(i)));
            leaves[i] = Trees.leafOf(i, packs[i].half, packs[i].tagKey);
        }
        bytes32[] memory unsorted = _resized(leaves, count);
        bytes32[] memory nodes = Trees.build(leaves);
        bytes32[] memory some = _someOf(leaves, seed, density);
        proven.packs = new Pack[](some.length);
        for (uint256 i = 0; i < some.length; ++i) {
            uint256 j = 0;
            while (unsorted[j] != some[i]) ++j;
            proven.packs[i] = packs[j];
        }
        (proven.proof, proven.flags) = Trees.multiProofOf(nodes, some);
        if (some.length == 1) (proven.proof, proven.flags) = (Trees.proofOf(nodes, some[0]), bytes(""));
        root = nodes[0];
    }

    function _leaves(uint256 count, uint256 seed) private pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            leaves[i] = keccak256(abi.encode(seed, i));
        }
    }

    /// @dev Some of the sorted leaves, at least one (two for a density above zero and two leaves to choose from).
    function _someOf(bytes32[] memory leaves, uint256 seed, uint8 density)
        private
        pure
        returns (bytes32[] memory some)
    {
        some = new bytes32[](leaves.length);
        uint256 length = 0;
        uint256 chosen = seed % leaves.length;
        uint256 next = density == 0 ? chosen : (chosen + 1) % leaves.length;
        for (uint256 i = 0; i < leaves.length; ++i) {
            bool taken = uint8(uint256(keccak256(abi.encode(seed, "taken", i)))) < density;
            if (taken || i == chosen || i == next) some[length++] = leaves[i];
        }
        some = _resized(some, length);
    }

    function _resized(bytes32[] memory words, uint256 length) private pure returns (bytes32[] memory resized) {
        resized = new bytes32[](length);
        for (uint256 i = 0; i < length && i < words.length; ++i) {
            resized[i] = words[i];
        }
    }

    /// @dev The bit of a step in its byte.
    function _flagOf(uint256 step) private pure returns (bytes1) {
        return bytes1(0x80) >> (step % 8);
    }

    function _bools(bytes memory flags, uint256 steps) private pure returns (bool[] memory bools) {
        bools = new bool[](steps);
        for (uint256 i = 0; i < steps; ++i) {
            bools[i] = flags[i / 8] & _flagOf(i) != 0;
        }
    }

    /// @dev The walk in plain words; zero where it asks for what is not there yet, or leaves something over.
    function _walk(bytes32[] memory leaves, bytes32[] memory proof, bool[] memory flags)
        private
        pure
        returns (bytes32)
    {
        bytes32[] memory queue = new bytes32[](leaves.length + flags.length);
        for (uint256 i = 0; i < leaves.length; ++i) {
            queue[i] = leaves[i];
        }
        (uint256 head, uint256 tail, uint256 next) = (0, leaves.length, 0);
        for (uint256 i = 0; i < flags.length; ++i) {
            if (head + (flags[i] ? 2 : 1) > tail) return 0;
            if (!flags[i] && next == proof.length) return 0;
            bytes32 node = queue[head++];
            queue[tail++] = Hashes.commutativeKeccak256(node, flags[i] ? queue[head++] : proof[next++]);
        }
        return head + 1 == tail && next == proof.length ? queue[head] : bytes32(0);
    }
}
