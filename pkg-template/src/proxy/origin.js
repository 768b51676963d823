// @ts-check
// Which pages may ask: the proxy's own origin, and those on the list, which get CORS answers. It goes by what browsers
// state and pages cannot forge; who the user is, is for `authorize` to find out.

import { ALWAYS, Refusal } from "./answer.js";

/** Headers of an answer that a page on another origin may read. */
const EXPOSED = "date, retry-after, retry-after-ms, x-request-id, request-id, x-amzn-requestid";

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * Refuses a page that may not ask; otherwise returns the CORS headers for the answer (none for the proxy's own pages).
 *
 * @param {Request} request
 * @param {URL} url
 * @param {Pick<import("./options.js").Settings, "origins" | "hosts">} settings
 * @returns {Record<string, string>}
 */
export function checkOrigin(request, url, { origins, hosts }) {
  const host = (request.headers.get("host") ?? url.host).toLowerCase();
  if (hosts && !hosts.has(host)) throw new Refusal(403, "host not allowed");
  const origin = request.headers.get("origin");
  if (origin !== null && origins.has(origin)) {
    return {
      "access-control-allow-origin": origin,
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": EXPOSED,
    };
  }
  const site = request.headers.get("sec-fetch-site") ?? "none";
  const ownSite = site === "none" || site === "same-origin";
  if (!ownSite || (origin !== null && !isOwn(origin, host))) {
    throw new Refusal(403, "origin not allowed: it is neither the proxy's own nor on its list");
  }
  return {};
}

/**
 * Schemes are not compared: a server behind a TLS terminator sees http: for its own https: pages.
 *
 * @param {string} origin
 * @param {string} host
 */
function isOwn(origin, host) {
  try {
    const { origin: normal, protocol, host: originHost } = new URL(origin);
    return normal === origin && originHost === new URL(`${protocol}//${host}`).host;
  } catch {
    return false;
  }
}

/**
 * The answer to a preflight from an allowed origin.
 *
 * @param {Request} request
 * @param {Iterable<string>} methods  what the path takes
 */
export function preflightResponse(request, methods) {
  const asked = (request.headers.get("access-control-request-headers") ?? "").split(",");
  const names = asked.map((name) => name.trim()).filter((name) => TOKEN.test(name));
  return new Response(null, {
    status: 204,
    headers: {
      ...ALWAYS,
      "access-control-allow-methods": [...methods].join(", "),
      // Any header: the origin is trusted by name, and only those on the proxy's own list go further.
      ...(names.length > 0 ? { "access-control-allow-headers": names.join(", ") } : {}),
      "access-control-max-age": "600",
      vary: "access-control-request-headers",
    },
  });
}

/**
 * @param {Response} response
 * @param {Record<string, string>} cors
 */
export function withCors(response, cors) {
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(cors)) headers.set(name, value);
  headers.append("vary", "origin");
  const { body, status, statusText } = response;
  return new Response(body, { status, statusText, headers });
}
