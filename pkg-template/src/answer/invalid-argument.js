// @ts-check
// The error for a wrong option.

/** An `AieraChatError` in all but its class, which alone would take an eighth of the 2 KB that this directory may take. */
class InvalidArgument extends Error {
  code = "invalid_argument";
  retryable = false;

  get name() {
    return "AieraChatError";
  }

  toJSON() {
    const { name, message } = this;
    return { ...this, name, message };
  }
}

/**
 * Creates an error with the brand by which `instanceof AieraChatError` knows the errors of this package.
 *
 * @param {string} message
 */
export const invalidArgument = (message) =>
  // A getter with this name would keep the class in bundles that do not use it.
  Object.defineProperty(new InvalidArgument(message), Symbol.for("aiera-chat.AieraChatError"), {
    value: true,
  });
