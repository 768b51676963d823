// @ts-check

/** Whether a value is a `URL`, of any realm. @param {unknown} value @returns {value is URL} */
export const isUrl = (value) => Object.prototype.toString.call(value) === "[object URL]";
