// @ts-check
// Dates and numbers in a language of the reader.

const DATE_ONLY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * A date of a citation. One without a time is that day everywhere, and one that cannot be read is shown as it came.
 *
 * @param {unknown} date  ISO 8601
 * @param {string | undefined} locale
 */
export function formatDate(date, locale) {
  if (typeof date !== "string" || !date) return "";
  const time = /^\d{4}-\d{2}/.test(date) ? Date.parse(date) : NaN;
  if (Number.isNaN(time)) return date;
  /** @type {Intl.DateTimeFormatOptions} */
  const options = DATE_ONLY.test(date)
    ? { dateStyle: "medium", timeZone: "UTC" }
    : { dateStyle: "medium" };
  return inLocale(locale, (known) => new Intl.DateTimeFormat(known, options).format(time));
}

/**
 * @param {number} number
 * @param {string | undefined} locale
 */
export function formatNumber(number, locale) {
  return inLocale(locale, (known) => new Intl.NumberFormat(known).format(number));
}

/**
 * `Intl` throws for a `lang` that is no language tag. The browser's own language takes its place.
 *
 * @param {string | undefined} locale
 * @param {(locale: string | undefined) => string} format
 */
function inLocale(locale, format) {
  try {
    return format(locale || undefined);
  } catch {
    return format(undefined);
  }
}
