// @ts-check
// Reads the options of answers. `shared/options.js` takes 0.8 KB of the 2 KB that a bundle with `answerOf` may have.

import { invalidArgument } from "./invalid-argument.js";

/**
 * Checks the options of a call and returns them. `null` means absent.
 *
 * @param {any} options
 * @param {string} pattern  matches an option as "name: value"
 * @returns {any}
 */
export const readOptions = (options, pattern) => {
  // The loop would skip a value without a name, such as an id.
  if (typeof options !== "object") options = [options];
  for (const name in options) {
    const value = options[name];
    const option = `${name}: ${value}`;
    if (value != null && (!RegExp(`^(${pattern})$`).test(option) || value >= 2 ** 53)) {
      throw invalidArgument(`options must match ${pattern}, not ${option}.`);
    }
  }
  return options ?? {};
};
