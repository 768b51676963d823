// @ts-check
// Reads fields of objects from a server. Any field may be absent or hold a value of another type.

/**
 * The text of a string or a number; empty for an object.
 *
 * @param {unknown} value
 */
export const textOf = (value) => (typeof value === "object" ? "" : `${value ?? ""}`);

/**
 * The objects among a value, the items of a list, and the items of its lists.
 *
 * @param {unknown} value
 * @returns {any[]}
 */
export const objectsIn = (value) => [value].flat(3).filter((item) => Object(item) === item);
