// @ts-check
// The CORS headers of the proxy and of the mock on a port. Each decides which origins it allows.
import { CLIENT_HEADERS } from "./http.js";

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * The headers that let pages of an origin read a response.
 *
 * @param {string} origin  `*` for all of them, which then send no credentials
 * @param {readonly string[]} [exposed] the response headers that they can read
 * @returns {Record<string, string>}
 */
export function corsHeaders(origin, exposed = CLIENT_HEADERS) {
  return {
    "access-control-allow-origin": origin,
    ...(origin !== "*" && { "access-control-allow-credentials": "true" }),
    "access-control-expose-headers": exposed.join(", "),
  };
}

/**
 * The headers of the response to a preflight, besides those of `corsHeaders`. All headers that the page asks for are
 * allowed: the origin is trusted, and the handler reads only those that it needs.
 *
 * @param {Headers} request
 * @param {readonly string[]} methods
 * @returns {Record<string, string>}
 */
export function preflightHeaders(request, methods) {
  const asked = (request.get("access-control-request-headers") ?? "").split(",");
  const names = asked.map((name) => name.trim()).filter((name) => TOKEN.test(name));
  return {
    "access-control-allow-methods": methods.join(", "),
    ...(names.length > 0 && { "access-control-allow-headers": names.join(", ") }),
    "access-control-max-age": "600",
    vary: "access-control-request-headers",
  };
}
