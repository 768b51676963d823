// @ts-check
// The built package, for the tests from outside.

/** @returns {Promise<typeof import("../../pkg/index.mjs")>} */
export function loadPackage() {
  return import("../../pkg/index.mjs");
}

let copies = 0;

/**
 * A fresh copy of the package, whose first call loads the module.
 * @param {"index" | "slim"} [entry]
 * @returns {Promise<any>}
 */
export function loadFreshPackage(entry = "index") {
  return import(`../../pkg/${entry}.mjs?copy=${++copies}`);
}
