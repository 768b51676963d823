// @ts-check
// Reads fields that a server sent. Any field may be absent or hold a value of another type.

/**
 * The text of a string or a number; empty for an object.
 *
 * @param {unknown} value
 */
export const textOf = (value) => (typeof value === "object" ? "" : `${value ?? ""}`);

/**
 * The objects in a value: the value, or the items of a list and of the lists in it.
 *
 * @param {unknown} value
 * @returns {any[]}
 */
export const objectsIn = (value) => [value].flat(3).filter((item) => Object(item) === item);
