// @ts-check
// Loads the module that the caller passes: compiled, as bytes, as a response, or as a URL.
import { AieraChatError } from "../errors.js";
import { isUrl } from "../shared/url.js";
import { single } from "./single.js";
import { start } from "./start.js";

/** The arguments that `init` accepts, for messages. */
const KINDS = "a WebAssembly.Module, its bytes, a Response or its URL";

/** The argument of the latest `init`. @type {any} */
let source;

async function startProvided() {
  if (source === undefined) {
    const message = `Call init() with aiera_chat_bg.wasm (${KINDS}) before the first call.`;
    throw new AieraChatError("wasm_unavailable", message);
  }
  const input = await source;
  try {
    return await start(await compile(input));
  } catch (error) {
    // A body is read once: the next load repeats the error rather than "Body has already been read".
    if (isResponse(input)) {
      source = Promise.reject(error);
      source.catch(() => {});
    }
    throw error;
  }
}

/** @param {any} input */
function isResponse(input) {
  return typeof input?.arrayBuffer === "function" && typeof input.status === "number";
}

/** @param {any} input @returns {Promise<WebAssembly.Module>} */
async function compile(input) {
  if (input instanceof WebAssembly.Module) return input;
  const isRequest = input?.url !== undefined && input.status === undefined;
  if (typeof input === "string" || isUrl(input) || isRequest) input = await fetch(input);
  if (isResponse(input)) {
    if (!input.ok) throw new Error(`HTTP ${input.status} for ${input.url || "the module"}`);
    // Streaming requires the MIME type application/wasm.
    const type = input.headers?.get("content-type") ?? "";
    if (WebAssembly.compileStreaming && /^application\/wasm\s*(;|$)/i.test(type)) {
      return WebAssembly.compileStreaming(input);
    }
    input = await input.arrayBuffer();
  }
  return WebAssembly.compile(input);
}

const once = /* @__PURE__ */ single(startProvided);
export const load = () => once.load();
export const loaded = () => once.loaded();

/** @param {unknown} input */
export async function init(input) {
  if (once.loaded()) return;
  if (input === undefined || input === null) {
    throw new AieraChatError("invalid_argument", `init() takes aiera_chat_bg.wasm: ${KINDS}.`);
  }
  // A pending load is of another input.
  while (once.loading()) await once.loading()?.catch(() => {});
  if (once.loaded()) return;
  source = input;
  await once.load();
}
