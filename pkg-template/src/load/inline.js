// @ts-check
// The module as a part of the script: works wherever a script does, with no path, no loader and no plugin.
import { createGlue, size, wasm } from "#wasm";
import { single } from "./single.js";

async function start() {
  const glue = createGlue();
  const packed = Uint8Array.from(atob(wasm), (char) => char.charCodeAt(0));
  const module = await WebAssembly.compile(/** @type {BufferSource} */ (await inflate(packed)));
  await glue.default({ module_or_path: module });
  return glue;
}

/**
 * @param {Uint8Array<ArrayBuffer>} packed
 * @returns {Promise<Uint8Array>}
 */
async function inflate(packed) {
  if (typeof DecompressionStream !== "function") {
    // A test environment that hides the stream, but runs in Node.
    const { getBuiltinModule } = /** @type {any} */ (globalThis).process;
    return getBuiltinModule("node:zlib").inflateSync(packed);
  }
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
