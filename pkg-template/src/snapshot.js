// @ts-check
// Copies of arguments, so that what a caller changes after its call changes nothing. What cannot be copied stays as it is: the
// module checks it, and says what is wrong with it.
import { standInFor } from "./signals.js";

/** @param {any} value @returns {[string, any][] | undefined} the properties of a plain object that can be read */
export function entriesOf(value) {
  try {
    const tag = Object.prototype.toString.call(value);
    if (tag === "[object Object]" || tag === "[object Module]") return Object.entries(value);
  } catch {
    // It cannot be read.
  }
  return undefined;
}

/** A copy of what is sent as JSON: its properties, and what stands in them. @param {any} params */
export function snapshotParams(params) {
  const entries = entriesOf(params);
  // A session is passed as it is, since errors hand it back.
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

/** A copy of options: their values, as far as those can be copied. @param {any} options */
export function snapshotOptions(options) {
  const entries = entriesOf(options);
  if (!entries) return options;
  return Object.fromEntries(entries.map(([name, value]) => [name, copyOf(name, value)]));
}

/**
 * The address of `baseUrl`, the pairs of `headers`, a stand-in for `signal`; any other value is itself.
 * @param {string} name
 * @param {any} value
 */
function copyOf(name, value) {
  try {
    if (name === "signal") return standInFor(value) ?? value;
    // A `URL` of any realm.
    const isUrl = name === "baseUrl" && Object.prototype.toString.call(value) === "[object URL]";
    if (isUrl) return `${value.href}`;
    if (name !== "headers") return value;
    const entries = entriesOf(value);
    if (entries) return Object.fromEntries(entries);
    return value && typeof value === "object" ? [...value].map((pair) => [...pair]) : value;
  } catch {
    return value; // It cannot be read.
  }
}
