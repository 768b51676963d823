// @ts-check
// HTTP constants and functions that the proxy and the mock share.

/** The address of the API. */
export const DEFAULT_BASE_URL = "https://premium.aiera.com/api";

/** The headers of a response that may hold the id of its request, in order of precedence. */
const REQUEST_ID_HEADERS = ["x-request-id", "request-id", "x-amzn-requestid"];

/** The headers of a response that this package's client reads. */
export const CLIENT_HEADERS = ["date", "retry-after", "retry-after-ms", ...REQUEST_ID_HEADERS];

/** Statuses of responses without a body: `new Response` refuses one. */
export const BODILESS_STATUSES = new Set([204, 205, 304]);

const LOOPBACK = /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** @param {string} hostname  as `URL` writes it */
export function isLoopback(hostname) {
  return LOOPBACK.test(hostname);
}

const HOST = /^(?:[\w.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/** @param {string} text  a host, with or without a port, as in a Host header */
export function isHost(text) {
  return HOST.test(text);
}

/**
 * An API key as in a header, without surrounding white space, which `Headers` drops. A header holds visible characters of
 * Latin-1, spaces and tabs.
 *
 * @param {unknown} key
 * @returns {string | undefined} undefined if it is not a string, is blank, or holds a character that is invalid in a header
 */
export function headerKey(key) {
  const text = typeof key === "string" ? key.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "") : "";
  return text.trim() && /^[\t -~\x80-\xff]+$/.test(text) ? text : undefined;
}

/**
 * A copy of a response with more headers. A response from `fetch` has immutable headers.
 *
 * @param {Response} response
 * @param {Record<string, string>} headers
 */
export function withHeaders(response, headers) {
  const all = new Headers(response.headers);
  for (const [name, value] of Object.entries(headers)) {
    if (name === "vary") all.append(name, value);
    else all.set(name, value);
  }
  const { body, status, statusText } = response;
  return new Response(body, { status, statusText, headers: all });
}
