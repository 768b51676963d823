// @ts-check
// The built package, as the tests from outside use it.

/** @returns {Promise<typeof import("../../pkg/index.mjs")>} */
export function loadPackage() {
  return import("../../pkg/index.mjs");
}
