// Copies ABI and bytecode of the rooms from forge's output into crates/bindings/abi, in a form that does not change
// unless the contract does. Run by `make gen`; `make check` fails when the result differs from what is committed.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";

const contracts = ["Administration", "ERC2771Forwarder", "Participants", "Catalog", "Anchors", "Custody", "Units", "Devices", "Escrow", "Market", "Pharmacy", "Appointments", "MdsProfiles", "FhirOracle"];
const folder = "crates/bindings/abi";

// `sol!` puts a type that another interface declares into a module of that interface, from which it does not find the
// types of the file level. So every type is said to be of the file level; the encoding does not depend on it.
const unqualify = (key, value) =>
  key === "internalType" ? value.replace(/^(struct |enum )?\w+\.(\w)/, "$1$2") : value;

mkdirSync(folder, { recursive: true });
for (const old of readdirSync(folder)) rmSync(`${folder}/${old}`);
for (const contract of contracts) {
  const { abi, bytecode, deployedBytecode } = JSON.parse(readFileSync(`out/${contract}.sol/${contract}.json`, "utf8"));
  if (Object.keys(bytecode.linkReferences ?? {}).length > 0) throw new Error(`${contract} needs a linked library`);
  const artifact = {
    abi,
    bytecode: { object: bytecode.object },
    deployedBytecode: { object: deployedBytecode.object },
  };
  writeFileSync(`${folder}/${contract}.json`, `${JSON.stringify(artifact, unqualify, 1)}\n`);
}
