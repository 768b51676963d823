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

/**
 * A copy of options: their values, the address of `baseUrl`, the pairs of `headers`, and a stand-in for `signal`.
 * @param {any} options
 */
export function snapshotOptions(options) {
  const entries = entriesOf(options);
  if (!entries) return options;
  return Object.fromEntries(
    entries.map(([name, value]) => {
      if (name === "headers") value = headersOf(value);
      if (name === "baseUrl") value = baseUrlOf(value);
      if (name === "signal") value = standInFor(value) ?? value;
      return [name, value];
    }),
  );
}

/** @param {any} url a `URL` of any realm, or something else */
function baseUrlOf(url) {
  try {
    if (Object.prototype.toString.call(url) === "[object URL]") return `${url.href}`;
  } catch {
    // It cannot be read.
  }
  return url;
}

/** @param {any} headers */
function headersOf(headers) {
  const entries = entriesOf(headers);
  if (entries) return Object.fromEntries(entries);
  try {
    return headers && typeof headers === "object" ? [...headers].map((pair) => [...pair]) : headers;
  } catch {
    return headers;
  }
}
