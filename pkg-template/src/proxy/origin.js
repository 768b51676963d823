// @ts-check
// The pages that may use the proxy: those of its own origin, and those of the listed origins, which receive CORS headers. The
// rules use headers that browsers write and pages cannot forge. `authorize` checks the user's identity.
import { corsHeaders, preflightHeaders } from "../shared/cors.js";
import { CLIENT_HEADERS } from "../shared/http.js";
import { ALWAYS, Refusal, REFUSED_BY_HEADER } from "./refusal.js";

const EXPOSED = [...CLIENT_HEADERS, REFUSED_BY_HEADER];

/**
 * Refuses a page that may not use the proxy, or returns the CORS headers for its response (none for the proxy's own
 * origin).
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
 * Whether the proxy and the page have the same origin, or no page sent the request. `Sec-Fetch-Site: same-origin` proves it
 * regardless of the Host, which a forwarding development server may change. If a browser does not send that header (before
 * Safari 16.4, or on plain http: off loopback), the origin must be the Host's.
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
 * Ignores the scheme: a server behind a TLS terminator sees http: for its https: pages.
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
 * @param {readonly string[]} methods the methods of the path
 */
export function preflightResponse(request, methods) {
  const headers = { ...ALWAYS, ...preflightHeaders(request.headers, methods) };
  return new Response(null, { status: 204, headers });
}
