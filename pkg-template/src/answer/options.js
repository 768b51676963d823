// @ts-check
// Reads the options of answers. `shared/options.js` alone would take half of the 2 KB that all of this directory may take.

import { invalidArgument } from "./invalid-argument.js";

/**
 * The options of a call. `null` is absent.
 *
 * @param {any} options
 * @param {string} pattern  matches an option as "name: value"
 * @returns {any}
 */
export const readOptions = (options, pattern) => {
  // A number, such as an id without its name, has no property to loop over.
  if (typeof options === "number") options = [options];
  for (const name in options) {
    const value = options[name];
    const option = `${name}: ${value}`;
    if (value != null && (!RegExp(`^(${pattern})$`).test(option) || value >= 2 ** 53)) {
      throw invalidArgument(`options must match ${pattern}, not ${option}.`);
    }
  }
  return options ?? {};
};
