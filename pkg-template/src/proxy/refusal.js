// @ts-check
// A refusal: an error that becomes the proxy's own response, in JSON.
import { withHeaders } from "../shared/http.js";

/** Headers of every response, including the API's: it is data for scripts, not for caches, frames or address bars. */
export const ALWAYS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

/** Distinguishes the proxy's refusals from the API's. */
const REFUSED_BY = "aiera-chat/proxy";
export const REFUSED_BY_HEADER = "x-refused-by";

/** Ends the handling of a request with the proxy's own response. */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {string} message  for the client
   * @param {{ headers?: Record<string, string>, cause?: unknown }} [more]  `cause` is for the host only
   */
  constructor(status, message, { headers = {}, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "ProxyError";
    this.status = status;
    this.headers = headers;
  }
}

/**
 * `{ "error", "refused_by" }` for a request that the proxy refuses, `{ "error" }` for one that fails.
 *
 * @param {{ status: number, message: string, headers?: Record<string, string> }} refusal
 */
export function refusalResponse({ status, message, headers }) {
  const refused = status < 500;
  const body = { error: message, ...(refused && { refused_by: REFUSED_BY }) };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      ...ALWAYS,
      "content-type": "application/json",
      ...(refused && { [REFUSED_BY_HEADER]: REFUSED_BY }),
      ...headers,
    },
  });
}

/**
 * The host's response to a request that `authorize` refuses, marked by a header.
 *
 * @param {Response} response
 * @returns {Response}
 */
export function markRefused(response) {
  if (response.status < 400) return response;
  return withHeaders(response, { [REFUSED_BY_HEADER]: REFUSED_BY });
}
