// @ts-check
// Formats dates and numbers in the reader's language.

const DATE_ONLY = /^\d{4}-\d{2}-\d{2}$/;

/** Formatters by language: creating one takes longer than formatting a hundred dates. @type {Map<string, Formatters>} */
const formatters = /* @__PURE__ */ new Map();

/** @typedef {{ day: Intl.DateTimeFormat, time: Intl.DateTimeFormat, number: Intl.NumberFormat }} Formatters */

/**
 * Formats a citation's date. A date without a time is the same day in every time zone. An invalid date does not change.
 *
 * @param {unknown} date  ISO 8601
 * @param {string | undefined} locale
 */
export function formatDate(date, locale) {
  if (typeof date !== "string" || !date) return "";
  const time = /^\d{4}-\d{2}/.test(date) ? Date.parse(date) : NaN;
  if (Number.isNaN(time)) return date;
  const { day, time: moment } = formattersFor(locale);
  return (DATE_ONLY.test(date) ? day : moment).format(time);
}

/**
 * @param {number} number
 * @param {string | undefined} locale
 */
export function formatNumber(number, locale) {
  return formattersFor(locale).number.format(number);
}

/** @param {string | undefined} locale */
function formattersFor(locale = "") {
  const known = formatters.get(locale) ?? createFormatters(locale || undefined);
  formatters.set(locale, known);
  return known;
}

/**
 * @param {string | undefined} locale
 * @returns {Formatters}
 */
function createFormatters(locale) {
  try {
    return {
      day: new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" }),
      time: new Intl.DateTimeFormat(locale, { dateStyle: "medium" }),
      number: new Intl.NumberFormat(locale),
    };
  } catch {
    // `lang` is not a language tag: use the browser's language.
    return createFormatters(undefined);
  }
}
