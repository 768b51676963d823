// @ts-check
// The module as the caller passes it: compiled, as bytes, as a response, or as an address to fetch it from.
import { AieraChatError } from "../errors.js";
import { single } from "./single.js";
import { start } from "./start.js";

/** What `init` takes. */
const KINDS = "a WebAssembly.Module, its bytes, a Response or its URL";

/** @type {unknown} */
let source;

async function startGiven() {
  if (source === undefined) {
    const message = `Call init() with aiera_chat_bg.wasm (${KINDS}) before the first call.`;
    throw new AieraChatError("wasm_unavailable", message);
  }
  return start(await compile(await source));
}

/** @param {any} given @returns {Promise<WebAssembly.Module>} */
async function compile(given) {
  if (given instanceof WebAssembly.Module) return given;
  const isRequest = given?.url !== undefined && given.status === undefined;
  if (typeof given === "string" || given instanceof URL || isRequest) given = await fetch(given);
  if (typeof given?.arrayBuffer === "function" && typeof given.status === "number") {
    if (!given.ok) throw new Error(`HTTP ${given.status} for ${given.url || "the module"}`);
    // Streaming wants the MIME type application/wasm; the bytes do as well.
    const type = given.headers?.get("content-type") ?? "";
    if (WebAssembly.compileStreaming && /^application\/wasm\s*(;|$)/i.test(type)) {
      return WebAssembly.compileStreaming(given);
    }
    given = await given.arrayBuffer();
  }
  return WebAssembly.compile(given);
}

const once = /* @__PURE__ */ single(startGiven);
export const load = () => once.load();
export const loaded = () => once.loaded();

/** @param {unknown} given */
export async function init(given) {
  if (once.loaded()) return;
  if (given === undefined || given === null) {
    throw new AieraChatError("invalid_argument", `init() takes aiera_chat_bg.wasm: ${KINDS}.`);
  }
  source = given;
  await once.load();
}
