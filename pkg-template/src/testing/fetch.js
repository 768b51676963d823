// @ts-check
// The mock as a `fetch`: requests as the platform makes them, signals, and redirects, which the
// handler leaves to its host. What is answered is up to the exchange.

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
    // The signal stays outside of the Request: one of another realm (jsdom) would be refused there.
    const { signal: given, ...rest } = init ?? {};
    const signal = given === undefined && isRequest(input) ? input.signal : given;
    if (signal?.aborted) throw signal.reason;
    const request = new Request(input, rest);
    /** @type {Promise<string> | undefined} */
    let text;
    return follow(exchange, request, {
      method: request.method,
      url: request.url,
      headers: new Headers(request.headers),
      // Once only: a redirected request is sent with the same body again.
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
    // As in Node, "manual" gives the answer itself; a page would see an opaque one.
    if (location === null || request.redirect === "manual") {
      return dress(response, incoming, redirects > 0);
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
 * The request after a redirect, as the platforms send it: custom headers, keys included, stay.
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
 * What a response that was made by hand lacks: where it is from, and, in Chromium, the signal's
 * reason when its body fails on an abort.
 * @param {Response} response
 * @param {Incoming} incoming
 * @param {boolean} wasRedirected
 */
function dress(response, { url, signal }, wasRedirected) {
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
