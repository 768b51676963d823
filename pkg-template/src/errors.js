// @ts-check
// The error class of the package. The module decides the contents of an error; see `src/core/error.rs`.

/** @typedef {import("../index.js").AieraChatErrorCode} Code */
/** @typedef {InstanceType<typeof AieraChatError>} AieraChatError */

/** Errors with the platform's `name`, so that code that handles the platform's errors handles these. */
const NAMES = /** @type {Record<string, string>} */ ({
  aborted: "AbortError",
  timeout: "TimeoutError",
});

/** Set on every error, so that `instanceof` holds between the copies of this class in other entries and formats. */
const BRAND = /* @__PURE__ */ Symbol.for("aiera-chat.AieraChatError");

/** The replacement for a value that JSON cannot hold. */
const NOT_JSON = "[not JSON]";

/** The errors whose `toJSON` is running. @type {Set<Error>} */
const shown = /* @__PURE__ */ new Set();

// Marked as pure, so that a bundle without errors drops the class.
export const AieraChatError = /* @__PURE__ */ withBrand(
  class extends Error {
    /**
     * @param {Code} code
     * @param {string} message
     * @param {Record<string, unknown>} [fields] an `undefined` one is absent, except `cause`, which may be any value
     */
    constructor(code, message, fields = {}) {
      const { cause, ...rest } = fields;
      super(message, "cause" in fields ? { cause } : undefined);
      const define = (/** @type {PropertyKey} */ name, /** @type {unknown} */ value) =>
        Object.defineProperty(this, name, { value, configurable: true, writable: true });
      define("name", NAMES[code] ?? "AieraChatError");
      define(BRAND, true);
      this.code = code;
      this.retryable = false;
      for (const [name, value] of Object.entries(rest)) {
        if (value !== undefined) /** @type {any} */ (this)[name] = value;
      }
      // Keeps the mark of an error by which a framework, such as Next.js, takes control.
      const digest = digestOf(cause);
      if (digest !== undefined) define("digest", digest);
    }

    /**
     * Name, message and all fields as plain data, without the cause's stack.
     * @returns {any}
     */
    toJSON() {
      // The error contains itself, in its cause or its session.
      if (shown.has(this)) return NOT_JSON;
      const { name, message, cause, ...fields } = /** @type {any} */ (this);
      const all = { name, message, ...fields, ...(cause !== undefined && { cause }) };
      shown.add(this);
      const entries = Object.entries(all).map(([name, value]) => [name, plain(value)]);
      shown.delete(this);
      return Object.fromEntries(entries);
    }
  },
);

/**
 * The cause may be any value, such as the reason of an abort: reading it may throw.
 * @param {any} cause
 * @returns {string | undefined}
 */
function digestOf(cause) {
  try {
    const digest = cause?.digest;
    return typeof digest === "string" ? digest : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A copy with values of JSON only. The cause and the last session may hold any value of a caller's: a cycle, a bigint, a
 * getter that throws.
 * @param {any} value
 */
function plain(value) {
  try {
    if (value instanceof Error && !("toJSON" in value)) {
      const { name, message, code } = /** @type {any} */ (value);
      value = { name, message, ...(typeof code === "string" && { code }) };
    }
    return JSON.parse(JSON.stringify(value));
  } catch {
    return typeof value === "bigint" ? String(value) : NOT_JSON;
  }
}

/**
 * Sets the name of the class, which bundlers may shorten, and its `instanceof`: by the prototype, as usual, and by the
 * brand, which does not count for a subclass. These are not static members, since ES5 output would assign them, which
 * fails.
 *
 * @template {Function} Class
 * @param {Class} errorClass
 */
function withBrand(errorClass) {
  return Object.defineProperties(errorClass, {
    name: { value: "AieraChatError", configurable: true },
    [Symbol.hasInstance]: {
      /**
       * @this {Function}
       * @param {any} value
       */
      value(value) {
        const isOwn = Function.prototype[Symbol.hasInstance].call(this, value);
        return isOwn || (this === errorClass && value?.[BRAND] === true);
      },
    },
  });
}
