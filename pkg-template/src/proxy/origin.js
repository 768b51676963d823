// @ts-check
// Which pages may use the proxy: those of its own origin, and those of the origins on its list, which get CORS headers.
// The rules go by headers that browsers write and pages cannot forge; the user's identity is for `authorize` to check.
import { corsHeaders, preflightHeaders } from "../shared/cors.js";
import { CLIENT_HEADERS } from "../shared/http.js";
import { ALWAYS, Refusal, REFUSED_BY_HEADER } from "./refusal.js";

const EXPOSED = [...CLIENT_HEADERS, REFUSED_BY_HEADER];

/**
 * Refuses a page that may not use the proxy; else returns the CORS headers for its response (none for the proxy's own
 * pages).
 *
 * @param {Request} request
 * @param {URL} url
 * @param {Pick<import("./options.js").Settings, "origins" | "hosts">} settings
 * @returns {Record<string, string>}
 */
export function checkOrigin(request, url, { origins, hosts }) {
  const host = (request.headers.get("host") ?? url.host).toLowerCase();
  if (hosts && !hosts.has(host)) {
    throw new Refusal(403, "host not allowed: it is not in the proxy's option allowedHosts");
  }
  const origin = request.headers.get("origin");
  if (origin !== null && origins.has(origin)) return corsHeaders(origin, EXPOSED);
  if (!isOwnPage(request.headers.get("sec-fetch-site"), origin, host)) {
    throw new Refusal(
      403,
      "origin not allowed: it is neither the proxy's own nor in the proxy's option allowedOrigins",
    );
  }
  return {};
}

/**
 * Whether the proxy and the page have one origin, or no page has sent the request. `Sec-Fetch-Site: same-origin` proves
 * it, whatever the Host says: a development server that forwards requests may change that. Where a browser does not send
 * that header (before Safari 16.4, or on plain http: off loopback), the origin must be the Host's.
 *
 * @param {string | null} site
 * @param {string | null} origin
 * @param {string} host
 */
function isOwnPage(site, origin, host) {
  if (site === "same-origin") return true;
  if (site !== null && site !== "none") return false;
  return origin === null || isOriginOf(origin, host);
}

/**
 * Schemes are not compared: a server behind a TLS terminator sees http: for its own https: pages.
 *
 * @param {string} origin
 * @param {string} host
 */
function isOriginOf(origin, host) {
  try {
    const { origin: normal, protocol, host: originHost } = new URL(origin);
    return normal === origin && originHost === new URL(`${protocol}//${host}`).host;
  } catch {
    return false;
  }
}

/**
 * The response to a preflight of a listed origin.
 *
 * @param {Request} request
 * @param {readonly string[]} methods  those of the path
 */
export function preflightResponse(request, methods) {
  const headers = { ...ALWAYS, ...preflightHeaders(request.headers, methods) };
  return new Response(null, { status: 204, headers });
}
