// Independent readers and makers of symbols, for labels_foreign.rs.
//
//   node labels_foreign.mjs read <file.png>…   prints, per file, the symbols that ZXing-C++ reads in it
//   node labels_foreign.mjs make               makes pictures with bwip-js: standard input is a JSON array of
//                                              { file, options }, the options those of bwip-js
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import bwipjs from "bwip-js";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

async function read(files) {
  // Without its binary in hand the module would fetch it from the network.
  const binary = createRequire(import.meta.url).resolve("zxing-wasm/reader/zxing_reader.wasm");
  prepareZXingModule({ overrides: { wasmBinary: readFileSync(binary) } });
  const symbolsIn = async (file) => {
    const symbols = await readBarcodes(readFileSync(file), { formats: ["QRCode", "DataMatrix"], tryHarder: true });
    return symbols
      .filter((symbol) => symbol.isValid)
      .map((symbol) => ({ identifier: symbol.symbologyIdentifier, text: Buffer.from(symbol.bytes).toString("latin1") }));
  };
  console.log(JSON.stringify(await Promise.all(files.map(symbolsIn))));
}

async function make(pictures) {
  for (const { file, options } of pictures) {
    writeFileSync(file, await bwipjs.toBuffer({ scale: 4, padding: 20, backgroundcolor: "FFFFFF", ...options }));
  }
}

const [verb, ...files] = process.argv.slice(2);
if (verb === "read") await read(files);
else if (verb === "make") await make(JSON.parse(readFileSync(0, "utf8")));
else throw new Error("say read or make");
