// @ts-check
// The error for a wrong option.

/** Has the fields of an `AieraChatError`, a class that takes 0.3 KB of the 2 KB that a bundle with `answerOf` may have. */
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
 * Creates an error with the brand that `instanceof AieraChatError` checks (`errors.js`).
 *
 * @param {string} message
 */
export const invalidArgument = (message) =>
  // Not a member of the class: bundlers keep an unused class that has a computed name.
  Object.defineProperty(new InvalidArgument(message), Symbol.for("aiera-chat.AieraChatError"), {
    value: true,
  });
