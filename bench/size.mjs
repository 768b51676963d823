// @ts-check
// What create and poll cost in a consumer's bundle, for a browser: esbuild, minified; the module included.
import { Buffer } from "node:buffer";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { PEERS } from "./lib/peers.mjs";
import { report } from "./lib/report.mjs";

const rows = [];
for (const { name, file } of PEERS) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`peers/${file}`, import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    logLevel: "error",
  });
  const text = Buffer.from(outputFiles[0].contents);
  rows.push({
    client: name,
    raw: text.length,
    gzip: gzipSync(text, { level: 9 }).length,
    brotli: brotliCompressSync(text).length,
  });
}

await report("size", {
  about: "Bytes of bench/peers/*.mjs bundled by esbuild, minified: all that create and poll need.",
  columns: { client: "client", raw: "raw", gzip: "gzip -9", brotli: "brotli" },
  rows: rows.toSorted((a, b) => a.gzip - b.gzip),
});
