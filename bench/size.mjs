// @ts-check
// What create and poll cost in a consumer's bundle, for a browser: esbuild, minified; the module included.
import { brotliCompressSync, gzipSync } from "node:zlib";
import { bundle } from "./lib/bundle.mjs";
import { chosen } from "./lib/chosen.mjs";
import { report } from "./lib/report.mjs";

const rows = [];
for (const peer of chosen("size")) {
  const text = await bundle(peer, "export { connect };");
  rows.push({
    client: peer.name,
    raw: text.length,
    gzip: gzipSync(text, { level: 9 }).length,
    brotli: brotliCompressSync(text).length,
    remark: peer.remark,
  });
}

await report("size", {
  about: "Bytes of bench/peers/*.mjs bundled by esbuild, minified: all that create and poll need.",
  columns: { client: "client", raw: "raw", gzip: "gzip -9", brotli: "brotli", remark: "remark" },
  rows: rows.toSorted((a, b) => a.gzip - b.gzip),
});
