// @ts-check
// Loads the module once: concurrent calls share one load, and the next call tries a failed one again.
import { AieraChatError } from "../errors.js";

/** @param {() => Promise<any>} start */
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
  const words = String(cause?.message ?? cause);
  // The bytes never change, so an error without a message cannot be about them: Chrome gives one where a page's policy forbids
  // WebAssembly to an extension's content script.
  const isEmpty = cause instanceof WebAssembly.CompileError && !/:\s*\S/.test(words);
  if (isEmpty || /unsafe-eval|content.security.policy|CSP|disallowed by embedder/i.test(words)) {
    const reason = words.trim() && !isEmpty ? ` (${words})` : "";
    return (
      "The page's content security policy forbids WebAssembly: add 'wasm-unsafe-eval' to the script-src directive of the " +
      `page's policy.${reason}`
    );
  }
  return `The WebAssembly module could not be loaded: ${words}`;
}
