// @ts-check
// Makes the linked module small, with documented options of `wasm-opt` only.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

/** The features that every supported engine has. With `--all-features`, no engine loads the module. */
const FEATURES = [
  "bulk-memory",
  "sign-ext",
  "mutable-globals",
  "nontrapping-float-to-int",
  "reference-types",
  "multivalue",
];

const PASSES = [
  // The linker leaves addresses below 1024 unused, and memory starts zeroed.
  ["--low-memory-unused", "--zero-filled-memory"],
  // Inlines only very small functions into their single caller: larger ones compress better on their own.
  ["-O2", "--one-caller-inline-max-function-size", "20"],
  ["--dae-optimizing", "--remove-unused-module-elements"],
  ["-O2"],
  ["--strip-debug", "--strip-producers", "--strip-target-features"],
  // The names between module and glue are long and full of hashes. This pass shortens them and prints a map.
  ["--minify-imports-and-exports-and-modules"],
].flat();

/**
 * The new names of imports and exports, by their old names.
 * @typedef {Map<string, string>} Names
 */

/**
 * @param {string} file the output of wasm-bindgen
 * @returns {Promise<{ wasm: Uint8Array, names: Names }>}
 */
export async function optimize(file) {
  const folder = await mkdtemp(path.join(tmpdir(), "aiera-chat-wasm-"));
  try {
    const out = path.join(folder, "out.wasm");
    const tool = createRequire(import.meta.url).resolve("binaryen/bin/wasm-opt");
    const features = FEATURES.map((feature) => `--enable-${feature}`);
    const args = [tool, ...features, ...PASSES, file, "-o", out];
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 24 });
    const wasm = new Uint8Array(await readFile(out));
    return { wasm, names: namesIn(stdout, wasm) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} printed the map that wasm-opt prints
 * @param {Uint8Array} wasm
 * @returns {Names}
 */
function namesIn(printed, wasm) {
  /** @type {{ imports: [string, string, string][], exports: [string, string][] }} */
  const { imports, exports } = JSON.parse(printed);
  const [module] = WebAssembly.Module.imports(new WebAssembly.Module(Uint8Array.from(wasm)));
  const names = new Map(exports);
  for (const [from, name, short] of imports) names.set(name, short).set(from, module.module);
  return names;
}

/**
 * Options of esbuild that rename imports and exports in the glue.
 * @param {Names} names
 * @returns {import("esbuild").BuildOptions}
 */
export function renaming(names) {
  const escaped = [...names.keys()].map((name) => name.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
  return {
    mangleProps: new RegExp(`^(?:${escaped.join("|")})$`),
    mangleQuoted: true,
    mangleCache: Object.fromEntries(names),
  };
}
