// @ts-check
// Copies of arguments, so that a caller's later changes have no effect. A value that cannot be copied is passed unchanged:
// the module refuses it with a message.
import { isUrl } from "./shared/url.js";
import { standInFor } from "./signals.js";

/** @param {any} value @returns {[string, any][] | undefined} the properties of a readable plain object */
export function entriesOf(value) {
  try {
    const tag = Object.prototype.toString.call(value);
    if (tag === "[object Object]" || tag === "[object Module]") return Object.entries(value);
  } catch {
    // A getter throws.
  }
  return undefined;
}

/** A deep copy of parameters, which are sent as JSON. @param {any} params */
export function snapshotParams(params) {
  const entries = entriesOf(params);
  // A session is not copied, since errors carry it.
  if (!entries || "id" in params) return params;
  return Object.fromEntries(entries.map(([name, value]) => [name, asJson(value)]));
}

/** @param {any} value */
function asJson(value) {
  if (typeof value !== "object" || value === null) return value;
  try {
    return JSON.parse(JSON.stringify(value));
  } catch {
    return value;
  }
}

/** A copy of options with copies of their values. @param {any} options */
export function snapshotOptions(options) {
  const entries = entriesOf(options);
  if (!entries) return options;
  return Object.fromEntries(entries.map(([name, value]) => [name, copyOf(name, value)]));
}

/**
 * The address of `baseUrl`, the pairs of `headers`, a stand-in for `signal`; any other value unchanged.
 * @param {string} name
 * @param {any} value
 */
function copyOf(name, value) {
  try {
    if (name === "signal") return standInFor(value) ?? value;
    if (name === "baseUrl" && isUrl(value)) return `${value.href}`;
    if (name !== "headers") return value;
    const entries = entriesOf(value);
    if (entries) return Object.fromEntries(entries);
    return value && typeof value === "object" ? [...value].map((pair) => [...pair]) : value;
  } catch {
    return value; // A getter throws.
  }
}
