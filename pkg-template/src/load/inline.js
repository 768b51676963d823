// @ts-check
// Holds the module in the script, which works everywhere without a path, a loader or a plugin.
import { size, wasm } from "#wasm";
import { builtin } from "../builtin.js";
import { single } from "./single.js";
import { start } from "./start.js";

async function compile() {
  const text = atob(wasm);
  const packed = new Uint8Array(text.length);
  // `Uint8Array.from` takes six times as long: milliseconds before the first request.
  for (let at = 0; at < text.length; at++) packed[at] = text.charCodeAt(at);
  const bytes = await inflate(packed);
  return start(await WebAssembly.compile(bytes));
}

/** @param {Uint8Array<ArrayBuffer>} packed @returns {Promise<Uint8Array<ArrayBuffer>>} */
async function inflate(packed) {
  // Takes a fifth of the time of Node's stream, which some test environments hide.
  const zlib = builtin("node:zlib");
  if (zlib) return zlib.inflateSync(packed);
  // Not through Blob or Response, which such environments replace.
  const { readable, writable } = new DecompressionStream("deflate");
  const writer = writable.getWriter();
  const written = writer.write(packed).then(() => writer.close());
  const bytes = new Uint8Array(size);
  const reader = readable.getReader();
  for (let at = 0, part; !(part = await reader.read()).done; at += part.value.length) {
    bytes.set(part.value, at);
  }
  await written;
  return bytes;
}

const once = /* @__PURE__ */ single(compile);
export const load = () => once.load();
export const loaded = () => once.loaded();
