// @ts-check
// Attributes the bytes of the WebAssembly module to crates and modules. The published module has no names, so this script
// optimizes wasm-bindgen's output with names and without inlining, which keeps code in its original function.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { inRoot } from "../../scripts/lib/run.mjs";
import { formatTable, report } from "../lib/results.mjs";
import { readModule } from "./wasm-module.mjs";

const NAMED_MODULE = inRoot("target", "wasm-pack", "aiera_chat_bg.wasm");
const OWN_CRATE = "aiera_chat";
/** The number of crates with their own row; smaller ones share a row. */
const LARGEST = 24;
const PRINTED_FUNCTIONS = 60;

/** @typedef {{ name: string, bytes: number }} Part */

/** Reports the bytes by module of this crate, and by crate for the others. */
export async function measureParts() {
  const { functions, data } = await optimizedModule();
  const parts = groupBy(functions, partOf);
  const small = parts.slice(LARGEST);
  const rows = [
    ...parts.slice(0, LARGEST).map(({ name, bytes }) => ({ name: `\`${name}\``, bytes })),
    { name: "other", bytes: sum(small) },
    { name: "data: messages and tables", bytes: data },
  ];
  const total = sum(rows);
  await report("size-parts", {
    about: `Bytes of the module by origin, ${total.toLocaleString("en")} in all, before compression: code by the crate or module that its functions belong to, and data.`,
    columns: { part: "part", bytes: "bytes", share: "%" },
    rows: rows.map(({ name, bytes }) => ({ part: name, bytes, share: (bytes / total) * 100 })),
  });
}

/** Prints the largest functions, with generic instances combined. */
export async function printFunctions() {
  const { functions } = await optimizedModule();
  const rows = groupBy(functions, (name) => name)
    .slice(0, PRINTED_FUNCTIONS)
    .map(({ name, ...rest }) => ({ ...rest, name: `\`${name}\`` }));
  const columns = { bytes: "bytes", instances: "instances", name: "function" };
  console.log(formatTable({ columns, rows }));
}

/** Optimizes the module for size, with names and without inlining. */
async function optimizedModule() {
  const folder = await mkdtemp(path.join(tmpdir(), "aiera-chat-size-"));
  try {
    const optimized = path.join(folder, "optimized.wasm");
    const wasmOpt = createRequire(import.meta.url).resolve("binaryen/bin/wasm-opt");
    const args = [wasmOpt, "--no-inline=*", "-Oz", "--debuginfo", NAMED_MODULE, "-o", optimized];
    await promisify(execFile)(process.execPath, args);
    return readModule(await readFile(optimized));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {Part[]} functions
 * @param {(name: string) => string} keyOf
 * @returns {(Part & { instances: number })[]} the largest first
 */
function groupBy(functions, keyOf) {
  /** @type {Map<string, Part & { instances: number }>} */
  const groups = new Map();
  for (const { name, bytes } of functions) {
    const key = keyOf(simplified(name));
    const group = groups.get(key) ?? { name: key, bytes: 0, instances: 0 };
    groups.set(key, { name: key, bytes: group.bytes + bytes, instances: group.instances + 1 });
  }
  return [...groups.values()].toSorted((a, b) => b.bytes - a.bytes);
}

/** @param {Part[]} parts */
const sum = (parts) => parts.reduce((total, { bytes }) => total + bytes, 0);

/** Removes hashes from a function's name. @param {string} name */
const simplified = (name) => name.replace(/::h[0-9a-f]{16}$/, "").replace(/\[[0-9a-f]{16}\]/g, "");

/** The module of this crate, or the other crate, that a function belongs to. @param {string} name */
function partOf(name) {
  // `<T as Trait>::f` belongs to T, and so does `drop_in_place<T>`.
  const owner = name.replace(/^core::ptr::drop_in_place/, "").replace(/^[<&(]+(dyn |mut )?/, "");
  const segments = /^(?:r#)?\w+(?:::\w+)*/.exec(owner)?.[0].split("::") ?? [];
  if (segments.length < 2) return "exports";
  if (segments[0] !== OWN_CRATE) return segments[0];
  return segments.slice(0, 3).join("::");
}
