// @ts-check
// `aiera-chat/proxy`: a handler that adds the key on the server side and forwards only this API's operations. This module
// checks and forwards a request; each rule has its module.
import { BODILESS_STATUSES, withHeaders } from "../shared/http.js";
import { errorResponse, passThrough } from "./body.js";
import { openExchange } from "./exchange.js";
import { declaresJson, downstreamHeaders, upstreamHeaders } from "./headers.js";
import { matchPath, matchQuery, upstreamUrl } from "./operations.js";
import { readProxyOptions } from "./options.js";
import { checkOrigin, preflightResponse } from "./origin.js";
import { markRefused, Refusal, refusalResponse } from "./refusal.js";
import { refuseDeclaredSize, RequestBody } from "./request-body.js";

/** @typedef {import("./options.js").Settings} Settings */
/** @typedef {import("./exchange.js").Exchange} Exchange */
/** @typedef {{ url: string, hasBody: boolean, method: string }} Target */

/**
 * @param {import("../../proxy.js").ProxyOptions} options
 * @returns {(request: Request) => Promise<Response>}
 */
export function createProxyHandler(options) {
  const settings = readProxyOptions(options);
  return (request) => handle(request, settings);
}

/**
 * Always resolves: every failure becomes a response.
 *
 * @param {Request} request
 * @param {Settings} settings
 */
async function handle(request, settings) {
  /** @type {Record<string, string>} */
  let cors = {};
  /** @param {Response} response */
  const finish = (response) =>
    settings.origins.size > 0 ? withHeaders(response, { ...cors, vary: "origin" }) : response;
  try {
    const url = new URL(request.url);
    // First, so that an allowed page can read every other refusal.
    cors = checkOrigin(request, url, settings);
    return finish(await check(request, url, settings, cors));
  } catch (cause) {
    const refusal = cause instanceof Refusal ? cause : new Refusal(500, "proxy error", { cause });
    if (refusal.status >= 500) settings.report(refusal.cause ?? refusal);
    request.body?.cancel().catch(() => {}); // rejects if it has been read
    return finish(refusalResponse(refusal));
  }
}

/**
 * @param {Request} request
 * @param {URL} url
 * @param {Settings} settings
 * @param {Record<string, string>} cors
 */
async function check(request, url, settings, cors) {
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
  const query = matchQuery(operation, url);
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
    return await forward(request, target, settings, exchange);
  } catch (error) {
    exchange.close();
    if (error instanceof Refusal) throw error;
    if (exchange.ended() === "disconnected") throw new Refusal(499, "the client disconnected");
    if (exchange.ended() === "timeout") throw new Refusal(504, "timed out", { cause: error });
    throw error;
  }
}

/** @param {Request} request */
function refuseOtherTypes(request) {
  if (!declaresJson(request.headers)) {
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
async function forward(request, target, settings, exchange) {
  const clientBody = new RequestBody(request, settings.maxBodyBytes, exchange);
  let body = null;
  try {
    const refused = settings.authorize && (await askHost(settings.authorize, clientBody, exchange));
    if (refused) {
      exchange.close();
      return markRefused(refused);
    }
    if (target.hasBody) body = await clientBody.whole();
  } finally {
    clientBody.cancel();
  }
  if (body) refuseOtherTypes(request);

  const key = await exchange.race(settings.key()).catch((cause) => {
    if (exchange.ended()) throw cause;
    throw new Refusal(500, "the proxy has no API key", { cause });
  });

  exchange.restart();
  const upstream = await send(request, target, body, key, settings, exchange);
  return respond(upstream, key, exchange);
}

/**
 * Null if the host allows the request, or the response that it returned instead. Only `true` allows a request: a forgotten
 * `return` must not.
 *
 * @param {NonNullable<Settings["authorize"]>} authorize
 * @param {RequestBody} body
 * @param {Exchange} exchange
 * @returns {Promise<Response | null>}
 */
async function askHost(authorize, body, exchange) {
  let decision;
  try {
    decision = await exchange.race(authorize(body.requestForHost()));
  } catch (cause) {
    // A body that is too large or breaks off is not a failure of the host.
    if (body.failure) throw body.failure;
    if (exchange.ended()) throw cause;
    throw new Refusal(500, "the proxy's option authorize failed", { cause });
  }
  if (body.failure) throw body.failure;
  if (decision === true) return null;
  if (isResponse(decision)) return decision;
  throw new Refusal(403, "not authorized: the proxy's option authorize refused the request");
}

/** By its shape, since some frameworks have their own class. @param {unknown} value @returns {value is Response} */
function isResponse(value) {
  if (typeof value !== "object" || value === null) return false;
  const { status, headers } = /** @type {any} */ (value);
  return status >= 200 && status <= 599 && typeof headers?.get === "function";
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
  if (supportsCacheOption()) init.cache = "no-store";
  const { fetch } = settings;
  const arriving = (async () => fetch(target.url, init))();
  try {
    return await exchange.race(arriving);
  } catch (cause) {
    // Cancels the late response of a `fetch` that ignores its signal.
    arriving.then((late) => late.body?.cancel()).catch(() => {});
    if (exchange.ended()) throw cause;
    throw new Refusal(502, "the API cannot be reached", { cause });
  }
}

/** @type {boolean | undefined} */
let cacheOption;

/** Frameworks that cache `fetch` must not cache a poll; older Workers throw if the option is present. */
function supportsCacheOption() {
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
async function respond(upstream, key, exchange) {
  const { status, type } = upstream;
  const readable = status >= 200 && status <= 599 && type !== "opaqueredirect";
  if (!readable || (status >= 300 && status < 400)) {
    release(upstream, exchange);
    throw new Refusal(
      502,
      readable
        ? `the API responded with a redirect (${status})`
        : "the API sent no usable response",
    );
  }
  const headers = downstreamHeaders(upstream.headers, key);
  if (status >= 400) {
    const response = await errorResponse(upstream, headers, key, exchange);
    release(upstream, exchange);
    return response;
  }
  if (!upstream.body || BODILESS_STATUSES.has(status)) {
    release(upstream, exchange);
    return new Response(null, { status, headers });
  }
  return new Response(passThrough(upstream.body, exchange), { status, headers });
}

/** Frees the connection of a response that is not read completely. @param {Response} upstream @param {Exchange} exchange */
function release(upstream, exchange) {
  if (upstream.body && !upstream.body.locked) upstream.body.cancel().catch(() => {});
  exchange.close();
}
