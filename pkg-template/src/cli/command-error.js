// @ts-check
// The error class for failures of the command line. It has the fields that the command line reads from an `AieraChatError`,
// and loads none of the package's entries.

export class CommandError extends Error {
  /**
   * @param {string} code one of the codes of `AieraChatError`, or a code of the system
   * @param {string} message
   * @param {string[]} [hints] sentences for stderr, one a line
   */
  constructor(code, message, hints = []) {
    super(message);
    this.name = "AieraChatError";
    this.code = code;
    this.retryable = false;
    this.hints = hints;
  }

  toJSON() {
    const { name, message, code, retryable } = this;
    return { name, message, code, retryable };
  }
}

/**
 * A mistake in the arguments: exit code 2.
 * @param {string} message
 * @param {string[]} [hints]
 */
export const usageError = (message, hints) => new CommandError("invalid_argument", message, hints);
