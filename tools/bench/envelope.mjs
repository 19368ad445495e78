// The peer of `envelope/open`: npm age-encryption on the same file. The argument is a file that holds
// { file, identity, runs }, bytes in hexadecimal. Prints {"milliseconds"}, the median of the runs.
import { readFileSync } from "node:fs";
import { Decrypter } from "age-encryption";

const { file, identity, runs } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const bytes = new Uint8Array(Buffer.from(file, "hex"));
const decrypter = new Decrypter();
decrypter.addIdentity(identity);
const times = [];
for (let run = 0; run < runs; run += 1) {
  const started = process.hrtime.bigint();
  const record = JSON.parse(await decrypter.decrypt(bytes, "text"));
  times.push(Number(process.hrtime.bigint() - started) / 1e6);
  if (record.type !== "sealedPurchase") throw new Error(`a ${record.type} was opened`);
}
times.sort((a, b) => a - b);
console.log(JSON.stringify({ milliseconds: times[Math.floor(runs / 2)] }));
