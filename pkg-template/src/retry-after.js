// @ts-check
// How long a server asks to wait: `retry-after-ms` and `Retry-After`, in seconds or as a date.

/** Milliseconds that no wait exceeds: absurd numbers are numbers all the same. */
const LONGEST = Number.MAX_SAFE_INTEGER;

/**
 * @param {string | null | undefined} retryAfterMs
 * @param {string | null | undefined} retryAfter
 * @param {string | null | undefined} date the answer's own `Date`, so that a wrong clock here does no harm
 * @returns {number | undefined} milliseconds from 0; undefined where nothing, or nonsense, was said
 */
export function parseRetryAfter(retryAfterMs, retryAfter, date) {
  return amount(retryAfterMs, 1) ?? amount(retryAfter, 1_000) ?? until(retryAfter, date);
}

/**
 * @param {string | null | undefined} text
 * @param {number} unit
 */
function amount(text, unit) {
  if (!text || !/^\s*\d+(\.\d*)?\s*$/.test(text)) return undefined;
  return Math.min(Number(text) * unit, LONGEST);
}

/**
 * @param {string | null | undefined} text
 * @param {string | null | undefined} date
 */
function until(text, date) {
  const then = httpDate(text);
  if (then === undefined) return undefined;
  return Math.min(Math.max(then - (httpDate(date) ?? Date.now()), 0), LONGEST);
}

/**
 * The three forms of HTTP dates begin with the day's name; whatever else engines take for a date is nonsense here.
 * @param {string | null | undefined} text
 */
function httpDate(text) {
  if (!text || !/^\s*(mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s.*\d\d:\d\d:\d\d/i.test(text))
    return undefined;
  // The form of asctime() names no zone, and means GMT.
  const time = Date.parse(/gmt\s*$/i.test(text) ? text : text + " GMT");
  return Number.isNaN(time) ? undefined : time;
}
