// @ts-check
// One HTTP exchange: logs the request, checks its key, carries out its operation, applies a fault to the reply, and sends it
// after its delay. `fetch` and the handlers share it.
import { BODILESS_STATUSES } from "../shared/http.js";
import { API_PATH, apiPath } from "./base-path.js";
import { bodyStream } from "./body.js";
import { isProcessed, placeOf, spoil, toReply } from "./faults.js";
import { operate, recognize } from "./operations.js";
import { abortable, sleep } from "./timing.js";

/** @typedef {import("../../testing.js").MockRequest} MockRequest */
/** @typedef {import("./options.js").Fault} Fault */
/**
 * @typedef {object} Incoming
 * @property {string} method
 * @property {string} url
 * @property {Headers} headers
 * @property {() => Promise<string>} text
 * @property {AbortSignal | null} [signal]
 * @property {boolean} [mounted] whether a router has chosen the mock by the request's path
 */
/**
 * @typedef {object} Mock the parts of one mock API
 * @property {import("./options.js").MockOptions} options
 * @property {() => number} clock
 * @property {import("./store.js").Store} store
 * @property {import("./faults.js").FaultScript} faults
 * @property {MockRequest[]} requests
 */

/**
 * @param {Mock} mock
 * @param {Incoming} incoming
 * @returns {Promise<Response>} `Response.error()` if the connection is lost; rejects when the client disconnects
 */
export async function exchange(mock, incoming) {
  const { signal } = incoming;
  const path = apiPath(new URL(incoming.url), mock.options.basePath, incoming.mounted);
  const request = readRequest(incoming, path, mock.clock());
  mock.requests.push(request);
  request.body = await abortable(incoming.text(), signal);
  request.json = parse(request.body);

  const { reply, fault } = work(mock, request, path !== undefined);
  await sleep(fault.latencyMs ?? latency(mock.options.latencyMs, request), signal);
  if (placeOf(fault.stall) === "headers") await sleep(Infinity, signal);
  if (placeOf(fault.drop) === "headers") return Response.error();

  const { status, headers, bytes } = reply;
  if (BODILESS_STATUSES.has(status))
    return new Response(null, { status, headers: bodilessHeaders(headers) });
  const cut = fault.drop ? "drop" : fault.stall ? "stall" : undefined;
  return new Response(bodyStream(bytes, { cut, ms: fault.bodyMs, signal }), {
    status,
    headers: { "content-length": String(bytes.length), ...headers },
  });
}

/**
 * Carries out the request and applies a fault to the reply. If a function of the test throws, the reply is a 500, since a
 * rejection would look like a lost connection.
 *
 * @param {Mock} mock
 * @param {MockRequest} request
 * @param {boolean} isApi  whether its path is below the base path
 */
function work(mock, request, isApi) {
  /** @type {Fault} */
  let fault = {};
  try {
    fault = mock.faults.pick(request) ?? {};
    const real = isProcessed(fault) ? serve(mock, request, isApi) : undefined;
    return { fault, reply: spoil(fault, request, real) };
  } catch (error) {
    const text = `a function of the mock API's options threw: ${error}`;
    return { fault: {}, reply: toReply(500, { error: text }) };
  }
}

/**
 * @param {Mock} mock
 * @param {MockRequest} request
 * @param {boolean} isApi
 */
function serve({ options, store }, request, isApi) {
  if (!isApi) {
    const base = options.basePath ?? API_PATH;
    return toReply(404, { error: `no such path: the base path of this mock API is "${base}"` });
  }
  const key = request.headers["x-api-key"] ?? null;
  if (!isAccepted(options.apiKey, key)) return toReply(403, { message: "Forbidden" });
  const { status, json } = operate(store, request);
  return toReply(status, json);
}

/**
 * @param {import("./options.js").MockOptions["apiKey"]} expected
 * @param {string | null} key
 */
function isAccepted(expected, key) {
  if (expected === undefined) return true;
  return typeof expected === "function" ? Boolean(expected(key)) : key === expected;
}

/**
 * @param {Incoming} incoming
 * @param {string | undefined} path from `/chat-v1/` on; undefined if it is outside of the base path
 * @param {number} at
 * @returns {MockRequest}
 */
function readRequest({ method, url, headers }, path, at) {
  const { pathname, searchParams } = new URL(url);
  return {
    method,
    path: path ?? pathname,
    query: Object.fromEntries(searchParams),
    url,
    headers: Object.fromEntries(headers),
    body: "",
    json: undefined,
    at,
    ...recognize(method, path ?? ""),
  };
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * @param {import("./options.js").MockOptions["latencyMs"]} option
 * @param {MockRequest} request
 */
function latency(option = 0, request) {
  if (typeof option === "function") return Number(option(request)) || 0;
  if (typeof option === "number") return option;
  const [from, to] = option;
  return from + Math.random() * (to - from);
}

/** @param {Record<string, string>} headers */
function bodilessHeaders({ "content-type": _, ...headers }) {
  return headers;
}
