// @ts-check
// What the JavaScript side lends to the WebAssembly module: `src/web/js.rs` declares it as `Host`. Fields come by place,
// in the order that `src/web/errors.rs` writes them in.
import { AieraChatError } from "./errors.js";

const ERROR_FIELDS = [
  "status",
  "retryAfterMs",
  "requestId",
  "sessionId",
  "attempts",
  "elapsedMs",
  "body",
];

const EVENT_FIELDS = [
  "attempt",
  "elapsedMs",
  "httpStatus",
  "sessionStatus",
  "nextDelayMs",
  "reason",
  "error",
];

/**
 * @param {string[]} names
 * @param {unknown[]} values
 */
function named(names, values) {
  /** @type {Record<string, unknown>} */
  const object = {};
  names.forEach((name, at) => {
    if (values[at] !== undefined) object[name] = values[at];
  });
  return object;
}

export const host = {
  /**
   * @param {any[]} fields
   * @param {unknown} lastSession
   * @param {boolean} hasCause
   * @param {unknown} cause
   */
  error([code, message, ...fields], lastSession, hasCause, cause) {
    const given = named(ERROR_FIELDS, fields);
    return new AieraChatError(code, message, {
      ...given,
      lastSession,
      ...(hasCause ? { cause } : {}),
    });
  },

  /**
   * @param {unknown[]} fields
   * @param {unknown} error
   */
  event(fields, error) {
    return named(EVENT_FIELDS, [...fields, error]);
  },

  /**
   * What a callback threw is the caller's business, as any uncaught error.
   * @param {unknown} error
   */
  report(error) {
    if (typeof globalThis.reportError === "function") return globalThis.reportError(error);
    queueMicrotask(() => {
      throw error;
    });
  },
};
