// @ts-check
/**
 * A built-in module of Node, if there is one. The edge runtime of Next.js throws.
 * @param {string} name
 * @returns {any}
 */
export function builtin(name) {
  try {
    return /** @type {any} */ (globalThis).process?.getBuiltinModule?.(name);
  } catch {
    return undefined;
  }
}
