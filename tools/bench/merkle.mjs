// The peer of `tree/…`: @openzeppelin/merkle-tree on the same leaves. Prints {"seconds", "root"}.
import { readFileSync } from "node:fs";
import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { keccak256 } from "ethereum-cryptography/keccak.js";
import { bytesToHex, utf8ToBytes } from "ethereum-cryptography/utils.js";

const started = process.hrtime.bigint();
const serials = readFileSync(process.argv[2], "utf8").trimEnd().split("\n").slice(1);
const none = `0x${"00".repeat(20)}`;
const leaves = serials.map((serial, index) => [index, `0x${bytesToHex(keccak256(utf8ToBytes(serial))).slice(0, 32)}`, none]);
const { root } = StandardMerkleTree.of(leaves, ["uint32", "bytes16", "address"]);
console.log(JSON.stringify({ seconds: Number(process.hrtime.bigint() - started) / 1e9, root }));
