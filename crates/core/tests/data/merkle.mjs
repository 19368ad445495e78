// Roots and proofs of StandardMerkleTree from @openzeppelin/merkle-tree, as JSON: one object per size.
//
//     node crates/core/tests/data/merkle.mjs 1 2 3 7 > crates/core/tests/data/merkle.json
//
// Leaf i has index i, half = sha256("half <i>")[0..16] and, where i is odd, tagKey = sha256("tag <i>")[0..20].

import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.cwd(), "package.json"));
const { StandardMerkleTree } = require("@openzeppelin/merkle-tree");

const hex = (text, bytes) => "0x" + createHash("sha256").update(text).digest("hex").slice(0, 2 * bytes);
const leaf = (i) => [i, hex(`half ${i}`, 16), i % 2 ? hex(`tag ${i}`, 20) : "0x" + "00".repeat(20)];

const trees = process.argv.slice(2).map(Number).map((size) => {
  const leaves = Array.from({ length: size }, (_, i) => leaf(i));
  const tree = StandardMerkleTree.of(leaves, ["uint32", "bytes16", "address"]);
  const samples = [...new Set([0, size >> 1, size - 1])];
  const multi = tree.getMultiProof(samples);
  return {
    size,
    root: tree.root,
    proofs: samples.map((index) => ({ index, proof: tree.getProof(index) })),
    multi: { indices: multi.leaves.map(([index]) => index), proof: multi.proof, flags: multi.proofFlags },
  };
});
console.log(JSON.stringify(trees, null, 1));
