// Public keys of tags by node's own scrypt and secp256k1, from codes and item ids, as JSON. No package is needed.
//
//     node crates/core/tests/data/scratch.mjs H9XK-4M2P-77RW-3TQZ7 0x00…01 … > crates/core/tests/data/scratch.json
//
// Arguments: code, item id, code, item id, …

import { createECDH, scryptSync } from "node:crypto";

const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

const publicKey = (code, item) => {
  const password = code.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  const salt = Buffer.concat([Buffer.from("theriac scratch code 1"), Buffer.from(item.slice(2), "hex")]);
  const bytes = scryptSync(password, salt, 48, { N: 2 ** 16, r: 8, p: 1, maxmem: 2 ** 27 });
  const key = (BigInt(`0x${bytes.toString("hex")}`) % (order - 1n)) + 1n;
  const pair = createECDH("secp256k1");
  pair.setPrivateKey(Buffer.from(key.toString(16).padStart(64, "0"), "hex"));
  return `0x${pair.getPublicKey("hex").slice(2)}`;
};

const given = process.argv.slice(2);
const rows = [];
for (let at = 0; at < given.length; at += 2) {
  const [code, item] = given.slice(at, at + 2);
  rows.push({ code, item, publicKey: publicKey(code, item) });
}
console.log(JSON.stringify(rows, null, 1));
