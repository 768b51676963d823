// @ts-check
// Loads the module once: concurrent calls share one load, and the next call retries a failed one.
import { AieraChatError } from "../errors.js";

/** @param {() => Promise<any>} start */
export function single(start) {
  /** @type {any} */
  let module;
  /** @type {Promise<any> | undefined} */
  let loading;
  return {
    loaded: () => module,
    loading: () => (module ? undefined : loading),
    load: () =>
      (loading ??= start().then(
        (ready) => (module = ready),
        (error) => {
          loading = undefined;
          if (error?.code === "wasm_unavailable") throw error;
          throw new AieraChatError("wasm_unavailable", messageOf(error), { cause: error });
        },
      )),
  };
}

/** @param {any} cause */
function messageOf(cause) {
  if (typeof WebAssembly === "undefined") {
    return "This runtime has no WebAssembly, which aiera-chat needs.";
  }
  const text = String(cause?.message ?? cause);
  // Chrome throws an error without a message if a page's policy forbids WebAssembly to an extension's content script. The
  // bytes never change, so it has no other cause.
  const isEmpty = cause instanceof WebAssembly.CompileError && !/:\s*\S/.test(text);
  if (isEmpty || /unsafe-eval|content.security.policy|CSP|disallowed by embedder/i.test(text)) {
    const reason = text.trim() && !isEmpty ? ` (${text})` : "";
    return (
      "The page's content security policy forbids WebAssembly: add 'wasm-unsafe-eval' to the script-src directive of the " +
      `page's policy.${reason}`
    );
  }
  return `The WebAssembly module could not be loaded: ${text}`;
}
