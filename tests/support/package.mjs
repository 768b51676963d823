// @ts-check
// The built package, as the tests from outside use it.

/** @returns {Promise<typeof import("../../pkg/index.mjs")>} */
export function loadPackage() {
  return import("../../pkg/index.mjs");
}

let copies = 0;

/**
 * A copy of the package that nobody has used, so that its first call loads the module.
 * @param {"index" | "slim"} [entry]
 * @returns {Promise<any>}
 */
export function loadFreshPackage(entry = "index") {
  return import(`../../pkg/${entry}.mjs?copy=${++copies}`);
}
