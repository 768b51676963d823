// @ts-check
// The one error class of the package. What goes into an error is decided elsewhere: by the core, which writes the fields,
// and by the loaders.

/** @typedef {import("../index.js").AieraChatErrorCode} Code */

/** Errors whose `name` says what the platform's own say, so that code which knows those knows ours. */
const NAMES = /** @type {Record<string, string>} */ ({
  aborted: "AbortError",
  timeout: "TimeoutError",
});

/** Set on every error, so that `instanceof` holds between the copies of this class in other entries and formats. */
const BRAND = "aiera-chat.AieraChatError";

export class AieraChatError extends Error {
  /**
   * @param {Code} code
   * @param {string} message
   * @param {Record<string, unknown>} [fields] absent ones are `undefined`, but for `cause`, which may be anything
   */
  constructor(code, message, fields = {}) {
    const { cause, ...rest } = fields;
    super(message, "cause" in fields ? { cause } : undefined);
    Object.defineProperty(this, "name", {
      value: NAMES[code] ?? "AieraChatError",
      configurable: true,
      writable: true,
    });
    Object.defineProperty(this, Symbol.for(BRAND), { value: true });
    this.code = code;
    for (const [name, value] of Object.entries(rest)) {
      if (value !== undefined) /** @type {any} */ (this)[name] = value;
    }
  }

  /** @param {any} value */
  static [Symbol.hasInstance](value) {
    // By the prototype, as usual, which is all that a subclass asks for; and by the brand.
    return (
      Function.prototype[Symbol.hasInstance].call(this, value) ||
      (Object.hasOwn(this, "brand") && value?.[Symbol.for(BRAND)] === true)
    );
  }

  /** @internal */
  static brand = BRAND;
}
