// @ts-check
// The error for a wrong argument.
import { AieraChatError } from "../errors.js";

/** @param {string} message */
export const invalid = (message) => new AieraChatError("invalid_argument", message);

/**
 * A value in words, for a message: never throws, never long.
 * @param {unknown} value
 */
export function describe(value) {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 60));
  if (typeof value === "object" || typeof value === "function")
    return "a value of type " + tag(value);
  return String(value).slice(0, 60);
}

/**
 * By its tag, since an object of another realm has another constructor.
 * @param {unknown} value
 */
export function tag(value) {
  try {
    return Object.prototype.toString.call(value).slice(8, -1);
  } catch {
    return "unknown";
  }
}
