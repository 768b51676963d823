// @ts-check
// The proxy: a handler that adds the key on the server side and lets through this API's operations only. Here is the
// order in which a request is judged and carried; each rule has a module of its own beside this one.

import { Refusal, refusalResponse } from "./answer.js";
import { passThrough, readErrorBody, readRequestBody, refuseDeclaredSize } from "./body.js";
import { openExchange } from "./exchange.js";
import { downstreamHeaders, saysJson, upstreamHeaders } from "./headers.js";
import { matchPath, matchQuery, upstreamUrl } from "./operations.js";
import { readOptions } from "./options.js";
import { checkOrigin, preflightResponse, withCors } from "./origin.js";

/** @typedef {import("./options.js").Settings} Settings */
/** @typedef {import("./exchange.js").Exchange} Exchange */
/** @typedef {{ url: string, hasBody: boolean, method: string }} Target */

/** An answer that has no body by definition. */
const NO_BODY = new Set([204, 205]);

/**
 * @param {import("../../proxy.js").ProxyOptions} options
 * @returns {(request: Request) => Promise<Response>}
 */
export function createProxyHandler(options) {
  const settings = readOptions(options);
  return (request) => handle(request, settings);
}

/**
 * Always resolves: whatever goes wrong is an answer.
 *
 * @param {Request} request
 * @param {Settings} settings
 */
async function handle(request, settings) {
  /** @type {Record<string, string>} */
  let cors = {};
  /** @param {Response} response */
  const finish = (response) => (settings.origins.size > 0 ? withCors(response, cors) : response);
  try {
    const url = new URL(request.url);
    // First, so that every later refusal is one that an allowed page can read.
    cors = checkOrigin(request, url, settings);
    return finish(await judge(request, url, settings, cors));
  } catch (cause) {
    const refusal = cause instanceof Refusal ? cause : new Refusal(500, "proxy error", { cause });
    if (refusal.status >= 500) settings.report(refusal.cause ?? refusal);
    request.body?.cancel().catch(() => {}); // fails when it has been read, which is as good
    return finish(refusalResponse(refusal));
  }
}

/**
 * @param {Request} request
 * @param {URL} url
 * @param {Settings} settings
 * @param {Record<string, string>} cors
 */
async function judge(request, url, settings, cors) {
  const found = matchPath(url.pathname);
  if (!found) throw new Refusal(404, "no such operation");
  const methods = [...found.methods.keys()];

  const fromListed = "access-control-allow-origin" in cors;
  const asksFor = request.headers.get("access-control-request-method");
  if (request.method === "OPTIONS" && fromListed && asksFor !== null) {
    return preflightResponse(request, methods);
  }

  const operation = found.methods.get(request.method);
  if (!operation) {
    throw new Refusal(405, "method not allowed", { headers: { allow: methods.join(", ") } });
  }
  const query = matchQuery(operation, url.search);
  if ("problem" in query) throw new Refusal(400, query.problem);
  if (request.headers.has("content-type") && request.method !== "GET") refuseOtherTypes(request);
  refuseDeclaredSize(request, settings.maxBodyBytes);

  const target = {
    url: upstreamUrl(settings.base, operation, found.id, query.query),
    hasBody: operation.body === true,
    method: operation.method,
  };
  const exchange = openExchange(request, settings.timeoutMs);
  try {
    return await carry(request, target, settings, exchange);
  } catch (error) {
    exchange.close();
    if (error instanceof Refusal) throw error;
    if (exchange.ended() === "gone") throw new Refusal(499, "the client went away");
    if (exchange.ended() === "timeout") throw new Refusal(504, "timed out", { cause: error });
    throw error;
  }
}

/** @param {Request} request */
function refuseOtherTypes(request) {
  if (!saysJson(request.headers)) {
    throw new Refusal(415, "the request body must be sent as application/json, not encoded");
  }
}

/**
 * @param {Request} request
 * @param {Target} target
 * @param {Settings} settings
 * @param {Exchange} exchange
 * @returns {Promise<Response>}
 */
async function carry(request, target, settings, exchange) {
  // `authorize` gets the host's own request object, and may read its body; so the proxy reads from a copy then.
  const { authorize } = settings;
  const own =
    authorize && target.hasBody && request.body && !request.bodyUsed ? request.clone() : request;
  if (authorize) {
    const verdict = await askHost(authorize, request, exchange).catch((error) => {
      if (own !== request) own.body?.cancel().catch(() => {});
      throw error;
    });
    if (verdict) {
      if (own !== request) own.body?.cancel().catch(() => {});
      exchange.close();
      return verdict;
    }
  }

  const body = target.hasBody ? await readBody(own, settings.maxBodyBytes, exchange) : null;
  if (own !== request) request.body?.cancel().catch(() => {});
  const key = await exchange.race(settings.key()).catch((cause) => {
    if (exchange.ended()) throw cause;
    throw new Refusal(500, "the proxy has no API key", { cause });
  });

  exchange.restart();
  const upstream = await send(request, target, body, key, settings, exchange);
  return answer(upstream, key, exchange);
}

/**
 * Null when the host lets the request through; its own answer when it gave one. Nothing but `true` lets through: a
 * forgotten `return` must not.
 *
 * @param {NonNullable<Settings["authorize"]>} authorize
 * @param {Request} request
 * @param {Exchange} exchange
 * @returns {Promise<Response | null>}
 */
async function askHost(authorize, request, exchange) {
  let verdict;
  try {
    verdict = await exchange.race(authorize(request));
  } catch (cause) {
    if (exchange.ended()) throw cause;
    throw new Refusal(500, "the proxy could not check who is asking", { cause });
  }
  if (verdict === true) return null;
  if (isResponse(verdict)) return verdict;
  throw new Refusal(403, "not authorized");
}

/** By its shape: frameworks bring classes of their own. @param {unknown} value @returns {value is Response} */
function isResponse(value) {
  if (typeof value !== "object" || value === null) return false;
  const { status, headers } = /** @type {any} */ (value);
  return status >= 200 && status <= 599 && typeof headers?.get === "function";
}

/**
 * @param {Request} request
 * @param {number} limit
 * @param {Exchange} exchange
 */
async function readBody(request, limit, exchange) {
  let body;
  try {
    body = await readRequestBody(request, limit, exchange);
  } catch (cause) {
    if (cause instanceof Refusal || exchange.ended() === "gone") throw cause;
    if (exchange.ended()) throw new Refusal(408, "the request body took too long");
    throw new Refusal(400, "the request body broke off");
  }
  if (body) refuseOtherTypes(request);
  return body;
}

/**
 * @param {Request} request
 * @param {Target} target
 * @param {Uint8Array<ArrayBuffer> | null} body
 * @param {string} key
 * @param {Settings} settings
 * @param {Exchange} exchange
 */
async function send(request, target, body, key, settings, exchange) {
  /** @type {RequestInit} */
  const init = {
    method: target.method,
    headers: upstreamHeaders(request.headers, key, body !== null),
    redirect: "manual", // the key would go along
    signal: exchange.signal,
  };
  if (body) init.body = body;
  if (knowsCacheOption()) init.cache = "no-store";
  const { fetch } = settings;
  const arriving = (async () => fetch(target.url, init))();
  try {
    return await exchange.race(arriving);
  } catch (cause) {
    // One that still comes, from a `fetch` that does not know its signal, is let go.
    arriving.then((late) => late.body?.cancel()).catch(() => {});
    if (exchange.ended()) throw cause;
    throw new Refusal(502, "the API cannot be reached", { cause });
  }
}

/** @type {boolean | undefined} */
let cacheOption;

/** Frameworks that cache `fetch` must not cache a poll; older Workers throw at the mere name of the option. */
function knowsCacheOption() {
  if (cacheOption === undefined) {
    try {
      cacheOption = new Request("https://localhost/", { cache: "no-store" }) instanceof Request;
    } catch {
      cacheOption = false;
    }
  }
  return cacheOption;
}

/**
 * @param {Response} upstream
 * @param {string} key
 * @param {Exchange} exchange
 */
async function answer(upstream, key, exchange) {
  const { status, type } = upstream;
  const readable = status >= 200 && status <= 599 && type !== "opaqueredirect";
  if (!readable || (status >= 300 && status < 400)) {
    letGo(upstream, exchange);
    throw new Refusal(
      502,
      readable ? `the API answered with a redirect (${status})` : "the API gave no usable answer",
    );
  }
  const headers = downstreamHeaders(upstream.headers, key);
  if (status >= 400) {
    const body = await readErrorBody(upstream.body, key, exchange);
    letGo(upstream, exchange);
    return new Response(body, { status, headers });
  }
  if (!upstream.body || NO_BODY.has(status)) {
    letGo(upstream, exchange);
    return new Response(null, { status, headers });
  }
  return new Response(passThrough(upstream.body, exchange), { status, headers });
}

/** Frees the connection of an answer that is not read on. @param {Response} upstream @param {Exchange} exchange */
function letGo(upstream, exchange) {
  if (upstream.body && !upstream.body.locked) upstream.body.cancel().catch(() => {});
  exchange.close();
}
