// @ts-check
// The module as a part of the script: works wherever a script does, with no path, no loader and no plugin.
import { createGlue, size, wasm } from "#wasm";
import { single } from "./single.js";

async function start() {
  const glue = createGlue();
  const text = atob(wasm);
  const packed = new Uint8Array(text.length);
  // `Uint8Array.from` takes six times as long, which is milliseconds before the first request.
  for (let at = 0; at < text.length; at++) packed[at] = text.charCodeAt(at);
  const module = await WebAssembly.compile(/** @type {BufferSource} */ (await inflate(packed)));
  await glue.default({ module_or_path: module });
  return glue;
}

/**
 * @param {Uint8Array<ArrayBuffer>} packed
 * @returns {Promise<Uint8Array>}
 */
async function inflate(packed) {
  // Where there is Node, which needs a fifth of the time for it that its stream takes; some test environments hide that, too.
  const zlib = /** @type {any} */ (globalThis).process?.getBuiltinModule?.("node:zlib");
  if (zlib) return zlib.inflateSync(packed);
  // Not by way of Blob or Response, which such environments replace.
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

const once = /* @__PURE__ */ single(start);
export const load = () => once.load();
export const loaded = () => once.loaded();
