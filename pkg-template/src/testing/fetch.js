// @ts-check
// The mock as a `fetch`: builds requests as the platform does, and handles signals and redirects, which a handler leaves to
// its host.

import { connectionLost } from "./body.js";

/** @typedef {import("./exchange.js").Incoming} Incoming */

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MOST_REDIRECTS = 20;
const BODY_READERS = ["arrayBuffer", "blob", "bytes", "formData", "json", "text"];
const BODY_HEADERS = ["content-type", "content-length", "content-encoding", "content-language"];

/**
 * @param {(incoming: Incoming) => Promise<Response>} exchange
 * @returns {typeof globalThis.fetch}
 */
export function createFetch(exchange) {
  return async function fetch(input, init) {
    // The signal is not in the Request, which would refuse one of another realm (jsdom).
    const { signal: initSignal, ...rest } = init ?? {};
    const signal = initSignal === undefined && isRequest(input) ? input.signal : initSignal;
    if (signal?.aborted) throw signal.reason;
    const request = new Request(input, rest);
    /** @type {Promise<string> | undefined} */
    let text;
    return follow(exchange, request, {
      method: request.method,
      url: request.url,
      headers: new Headers(request.headers),
      // Read once: a redirected request has the same body.
      text: () => (text ??= request.text()),
      signal,
    });
  };
}

/**
 * @param {(incoming: Incoming) => Promise<Response>} exchange
 * @param {Request} request
 * @param {Incoming} first
 */
async function follow(exchange, request, first) {
  let incoming = first;
  for (let redirects = 0; ; redirects += 1) {
    const response = await exchange(incoming);
    if (incoming.signal?.aborted) throw incoming.signal.reason;
    if (response.type === "error") throw connectionLost();
    const location = REDIRECTS.has(response.status) ? response.headers.get("location") : null;
    // As in Node, "manual" resolves with the response itself; in a page it is opaque.
    if (location === null || request.redirect === "manual") {
      return fetched(response, incoming, redirects > 0);
    }
    if (request.redirect === "error" || redirects === MOST_REDIRECTS) {
      throw new TypeError("fetch failed", {
        cause: new Error(redirects > 0 ? "redirect count exceeded" : "unexpected redirect"),
      });
    }
    incoming = redirected(incoming, response.status, new URL(location, incoming.url));
  }
}

/**
 * The request after a redirect, as platforms send it: with its custom headers, including keys.
 *
 * @param {Incoming} incoming
 * @param {number} status
 * @param {URL} target
 * @returns {Incoming}
 */
function redirected(incoming, status, target) {
  const headers = new Headers(incoming.headers);
  if (target.origin !== new URL(incoming.url).origin) headers.delete("authorization");
  const { method } = incoming;
  const becomesGet =
    (status === 303 && method !== "GET" && method !== "HEAD") ||
    ((status === 301 || status === 302) && method === "POST");
  if (!becomesGet) {
    return { ...incoming, url: target.href, headers };
  }
  for (const name of BODY_HEADERS) headers.delete(name);
  return { ...incoming, method: "GET", url: target.href, headers, text: async () => "" };
}

/**
 * Adds the parts of a `fetch` response that a constructed one lacks: the URL, and the signal's reason as the error of an
 * aborted body, which Chromium would replace.
 *
 * @param {Response} response
 * @param {Incoming} incoming
 * @param {boolean} wasRedirected
 */
function fetched(response, { url, signal }, wasRedirected) {
  Object.defineProperties(response, {
    url: { value: url },
    redirected: { value: wasRedirected },
  });
  for (const name of BODY_READERS) {
    const read = /** @type {any} */ (response)[name];
    if (!signal || !read) continue;
    const value = async () => {
      try {
        return await read.call(response);
      } catch (error) {
        throw signal.aborted ? signal.reason : error;
      }
    };
    Object.defineProperty(response, name, { value });
  }
  return response;
}

/**
 * @param {unknown} input
 * @returns {input is Request}
 */
function isRequest(input) {
  return typeof input === "object" && input !== null && "signal" in input && "url" in input;
}
