// @ts-check
// Measures the bytes that clients add to a consumer's browser bundle, the bytes of each entry of the package, and the bytes
// of each part of the WebAssembly module.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { bundle, bundlePeer } from "../lib/bundle.mjs";
import { report } from "../lib/results.mjs";
import { selectPeers } from "../lib/selection.mjs";
import { measureParts, printFunctions } from "./functions.mjs";

const PACKAGE = new URL("../../pkg/", import.meta.url);
const SIZES = { raw: "raw", gzip: "gzip -9", brotli: "brotli" };

/** The imports of a consumer, with their files in the package. React is not included. */
const IMPORTS = [
  {
    title: "`createSession` and `pollSession`",
    file: "index.mjs",
    names: ["createSession", "pollSession"],
  },
  { title: "`AieraChat`: all operations", file: "index.mjs", names: ["AieraChat"] },
  { title: "`answerOf`", file: "index.mjs", names: ["answerOf"] },
  {
    title: "`AieraChat` from `aiera-chat/slim`, without the module",
    file: "slim.mjs",
    names: ["AieraChat", "init"],
  },
  { title: "`aiera-chat/proxy`", file: "proxy.mjs", names: ["createProxyHandler"] },
  { title: "`aiera-chat/element`", file: "element.mjs", names: ["AieraChatElement"] },
  { title: "`useAieraChat` from `aiera-chat/react`", file: "react.mjs", names: ["useAieraChat"] },
  {
    title: "`AieraChatWidget` from `aiera-chat/react`",
    file: "react.mjs",
    names: ["AieraChatWidget"],
  },
];

/** @param {{ functions?: boolean }} [options] `functions`: print only the module's functions */
export async function run({ functions = false } = {}) {
  if (functions) return printFunctions();
  await measureClients();
  await measureImports();
  await measureParts();
}

async function measureClients() {
  const rows = [];
  for (const peer of selectPeers("size")) {
    const sizes = sizesOf(await bundlePeer(peer, "export { connect };"));
    rows.push({ client: peer.name, ...sizes, remark: peer.remark });
  }
  await report("size", {
    about:
      "Bytes of a minified bundle that creates and polls, including the WebAssembly module: `bench/peers/*.mjs`, bundled by esbuild.",
    columns: { client: "client", ...SIZES, remark: "remark" },
    rows: rows.toSorted((a, b) => a.gzip - b.gzip),
  });
}

async function measureImports() {
  const rows = [];
  for (const { title, file, names } of IMPORTS) {
    if (!existsSync(new URL(file, PACKAGE))) continue;
    const script = `export { ${names} } from "./${file}";`;
    try {
      const bytes = await bundle(script, fileURLToPath(PACKAGE), ["react", "react-dom"]);
      rows.push({ import: title, ...sizesOf(bytes) });
    } catch (error) {
      // Older builds of the package lack some exports.
      if (!/No matching export/.test(String(error))) throw error;
    }
  }
  await report("size-imports", {
    about: "Bytes of a minified bundle by the imports from the package.",
    columns: { import: "import", ...SIZES },
    rows,
  });
}

/** @param {Uint8Array} bytes */
const sizesOf = (bytes) => ({
  raw: bytes.length,
  gzip: gzipSync(bytes, { level: 9 }).length,
  brotli: brotliCompressSync(bytes).length,
});
