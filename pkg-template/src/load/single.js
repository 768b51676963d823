// @ts-check
// Loading, once: calls that come meanwhile wait for the same load, and one that failed is tried again by the next call.
import { AieraChatError } from "../errors.js";

/**
 * @param {() => Promise<any>} start
 */
export function single(start) {
  /** @type {any} */
  let module;
  /** @type {Promise<any> | undefined} */
  let loading;
  return {
    loaded: () => module,
    load: () =>
      (loading ??= start().then(
        (ready) => (module = ready),
        (error) => {
          loading = undefined;
          throw unavailable(error);
        },
      )),
  };
}

/** @param {any} cause */
function unavailable(cause) {
  if (cause?.code === "wasm_unavailable") return cause;
  let message = "The WebAssembly module could not be loaded: " + (cause?.message ?? cause);
  if (typeof WebAssembly === "undefined") {
    message = "This runtime has no WebAssembly, which aiera-chat needs.";
  } else if (/unsafe-eval|content.security.policy|CSP|disallowed by embedder/i.test(message)) {
    message =
      "The page's content security policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src directive. (" +
      cause.message +
      ")";
  }
  return new AieraChatError("wasm_unavailable", message, { cause });
}
