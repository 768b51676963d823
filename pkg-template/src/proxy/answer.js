// @ts-check
// The proxy's own answers: a refusal, thrown from wherever it is found, and the JSON that the client is told it in.

/** Put on every answer, the upstream's too: it is data for a script, not for a cache, a frame or an address bar. */
export const ALWAYS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

/** Ends the handling of a request with an answer of the proxy's own. */
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

/** @param {Refusal} refusal */
export function refusalResponse({ status, message, headers }) {
  return new Response(JSON.stringify({ error: message }), {
    status,
    headers: { ...ALWAYS, "content-type": "application/json", ...headers },
  });
}
