// The peer of `labels/…`: bwip-js makes both symbols of every label as SVG (it makes no PDF). Prints {"seconds"}.
import { readFileSync } from "node:fs";
import bwipjs from "bwip-js/node";

const labels = JSON.parse(readFileSync(process.argv[2], "utf8"));
const started = process.hrtime.bigint();
let characters = 0;
for (const { digitalLink, bracketed } of labels) {
  characters += bwipjs.toSVG({ bcid: "qrcode", text: digitalLink, eclevel: "M" }).length;
  characters += bwipjs.toSVG({ bcid: "gs1datamatrix", text: bracketed }).length;
}
if (characters === 0) throw new Error("no symbols were made");
console.log(JSON.stringify({ seconds: Number(process.hrtime.bigint() - started) / 1e9 }));
