// @ts-check
// The functions that the module calls; `src/web/js.rs` declares them as `Hooks`. None of them throws.
import { withStack } from "./call-site.js";
import { AieraChatError } from "./errors.js";
import { isFreeOf, redact } from "./redact.js";

export const hooks = {
  /** @param {any} details @param {{ stack?: string }} [stack] */
  error({ code, message, ...fields }, stack) {
    return withStack(new AieraChatError(code, message, fields), stack);
  },

  redact,
  isFreeOf,

  /** Passes the result of a promise to `settle`. @param {unknown} promise @param {bigint} key @param {Function} settle */
  wait(promise, key, settle) {
    // `Promise.resolve` would read the `constructor` of a foreign promise, which may throw.
    const adopted = new Promise((resolve) => resolve(promise));
    adopted.then(settle.bind(null, key, true), settle.bind(null, key, false));
  },

  /** Reports the error of a callback as an uncaught one. @param {unknown} error */
  report(error) {
    queueMicrotask(() => {
      if (typeof globalThis.reportError !== "function") throw error;
      globalThis.reportError(error);
    });
  },
};
