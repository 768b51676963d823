// @ts-check
/**
 * A module of Node's own, where there is one. The edge runtime of Next.js throws when it is asked.
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
