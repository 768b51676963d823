// @ts-check
// The rule of what may be a `baseUrl`: somewhere that the key can be sent to without being read on the way.
import { page } from "../page.js";
import { invalid } from "./invalid.js";

/**
 * The base to put the API's paths after, without a trailing slash.
 * @param {string | URL} given
 */
export function baseUrl(given) {
  const text = String(given);
  const { origin } = page();
  let url;
  try {
    // Against the page's origin, not its address: a <base> must not send the key elsewhere.
    url = origin && text.startsWith("/") ? new URL(text, origin) : new URL(text);
  } catch {
    // Said below, and not quoted: there may be a password in it.
  }
  if (!url || (text.startsWith("/") && url.origin !== origin)) {
    throw invalid("options.baseUrl must be a whole URL, or in a page a path on its own origin.");
  }
  const own = origin && url.origin === origin;
  if (
    url.protocol !== "https:" &&
    !(url.protocol === "http:" && (own || isLoopback(url.hostname)))
  ) {
    throw invalid(
      "options.baseUrl must use https: (http: only on loopback: anybody on the way could read the key).",
    );
  }
  if (url.username || url.password) {
    throw invalid("options.baseUrl must have no user name or password in it.");
  }
  if (/[?#]/.test(text)) throw invalid("options.baseUrl must have no query or fragment.");
  return url.origin + url.pathname.replace(/\/+$/, "");
}

/** @param {string} hostname as `URL` writes it */
function isLoopback(hostname) {
  return /^(127\.[\d.]+|(.+\.)?localhost|\[::1\])$/.test(hostname);
}
