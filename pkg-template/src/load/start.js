// @ts-check
// Starts a compiled module with its glue.
import { createGlue } from "#wasm";
import { builtin } from "../builtin.js";

/** @param {WebAssembly.Module} module @returns {Promise<any>} the module's exports */
export async function start(module) {
  const globals = /** @type {any} */ (globalThis);
  // Jest's jsdom hides them; Node has them.
  const util = globals.TextDecoder && globals.TextEncoder ? globals : builtin("node:util");
  const glue = createGlue(util?.TextDecoder, util?.TextEncoder);
  await glue.default({ module_or_path: module });
  return glue;
}
