// @ts-check
// The functions that the module calls; `src/web/js.rs` declares them as `Hooks`. None of them throws.
import { withStack } from "./call-site.js";
import { AieraChatError } from "./errors.js";
import { isFreeOf, redact } from "./redact.js";

export const hooks = {
  /** @param {any} details @param {{ stack?: string }} [stack] */
  error: ({ code, message, ...fields }, stack) =>
    withStack(new AieraChatError(code, message, fields), stack),

  redact,
  isFreeOf,

  /** Passes the result of a promise to `settle`. @param {unknown} promise @param {bigint} key @param {Function} settle */
  async wait(promise, key, settle) {
    let value;
    try {
      value = await promise;
    } catch (error) {
      return settle(key, false, error);
    }
    settle(key, true, value);
  },

  // V8 adds a property after a spread ten times as slowly as before it.
  /** @param {RequestInit} init @param {HeadersInit} headers @param {Partial<AbortController>} [controller] */
  requestInit: (init, headers, { signal } = {}) => ({ headers: { ...headers }, signal, ...init }),

  /** Reports the error of a callback as an uncaught one. @param {unknown} error */
  report(error) {
    queueMicrotask(() => {
      if (typeof globalThis.reportError !== "function") throw error;
      globalThis.reportError(error);
    });
  },
};
