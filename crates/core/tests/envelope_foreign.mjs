// An independent reader and maker of age files (npm age-encryption), and of reading keys (node's own cryptography), for
// envelope_foreign.rs. Standard input is one JSON object, standard output another; bytes are hexadecimal.
//
//   node envelope_foreign.mjs open   { file, identity | passphrase }                       -> { content }
//   node envelope_foreign.mjs seal   { content, recipients | passphrase, workFactor? }     -> { file }
//   node envelope_foreign.mjs keys                                                         -> { identity, recipient }
//   node envelope_foreign.mjs derive { rAndS }                                             -> { publicKey }
import { createPrivateKey, createPublicKey, hkdfSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";

const bytes = (text) => new Uint8Array(Buffer.from(text, "hex"));
const text = (content) => Buffer.from(content).toString("hex");

const verbs = {
  async open({ file, identity, passphrase }) {
    const decrypter = new Decrypter();
    if (identity) decrypter.addIdentity(identity);
    else decrypter.addPassphrase(passphrase);
    return { content: text(await decrypter.decrypt(bytes(file))) };
  },
  async seal({ content, recipients, passphrase, workFactor }) {
    const encrypter = new Encrypter();
    if (workFactor) encrypter.setScryptWorkFactor(workFactor);
    if (passphrase) encrypter.setPassphrase(passphrase);
    else for (const recipient of recipients) encrypter.addRecipient(recipient);
    return { file: text(await encrypter.encrypt(bytes(content))) };
  },
  async keys() {
    const identity = await generateX25519Identity();
    return { identity, recipient: await identityToRecipient(identity) };
  },
  async derive({ rAndS }) {
    const secret = Buffer.from(hkdfSync("sha256", bytes(rAndS), "theriac/reading-key", "X25519 v1", 32));
    // RFC 8410: what stands before the 32 bytes of an X25519 key in PKCS#8.
    const key = Buffer.concat([Buffer.from("302e020100300506032b656e04220420", "hex"), secret]);
    const pair = createPublicKey(createPrivateKey({ key, format: "der", type: "pkcs8" }));
    return { publicKey: text(pair.export({ format: "der", type: "spki" }).subarray(-32)) };
  },
};

const verb = verbs[process.argv[2]];
if (!verb) throw new Error(`say one of ${Object.keys(verbs).join(", ")}`);
console.log(JSON.stringify(await verb(JSON.parse(readFileSync(0, "utf8") || "{}"))));
