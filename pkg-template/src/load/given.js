// @ts-check
// The module as the caller gives it: compiled, as bytes, as an answer to a request, or as a place to fetch it from.
import { createGlue } from "#wasm";
import { AieraChatError } from "../errors.js";
import { single } from "./single.js";

/** @type {unknown} */
let source;

async function start() {
  if (source === undefined) {
    const message =
      "Call init() with aiera_chat_bg.wasm (a WebAssembly.Module, its bytes, a Response or its URL) before the first call.";
    throw new AieraChatError("wasm_unavailable", message);
  }
  const module = await compile(await source);
  const glue = createGlue();
  await glue.default({ module_or_path: module });
  return glue;
}

/**
 * @param {any} given
 * @returns {Promise<WebAssembly.Module>}
 */
async function compile(given) {
  if (given instanceof WebAssembly.Module) return given;
  if (
    typeof given === "string" ||
    given instanceof URL ||
    (given?.url !== undefined && given.body === undefined)
  ) {
    given = await fetch(given);
  }
  if (typeof given?.arrayBuffer === "function" && typeof given.status === "number") {
    if (!given.ok) throw new Error(`HTTP ${given.status} for ${given.url || "the module"}`);
    // Streaming wants the MIME type application/wasm; where a server gives another, the bytes are as good.
    const type = given.headers?.get("content-type") ?? "";
    if (WebAssembly.compileStreaming && /^application\/wasm\s*(;|$)/i.test(type)) {
      return WebAssembly.compileStreaming(given);
    }
    given = await given.arrayBuffer();
  }
  return WebAssembly.compile(given);
}

const once = /* @__PURE__ */ single(start);
export const load = () => once.load();
export const loaded = () => once.loaded();

/** @param {unknown} given */
export async function init(given) {
  if (once.loaded()) return;
  if (given === undefined || given === null) {
    const message =
      "init() takes aiera_chat_bg.wasm: a WebAssembly.Module, its bytes, a Response or its URL.";
    throw new AieraChatError("invalid_argument", message);
  }
  source = given;
  await once.load();
}
