// @ts-check
// One exchange from arrival to response: log it, check the key, do it, let a fault spoil it, and send
// the answer in its time. Used by fetch and by the handler alike.

import { bodyStream } from "./body.js";
import { isProcessed, placeOf, spoil, toAnswer } from "./faults.js";
import { operate, recognise } from "./operations.js";
import { abortable, sleep } from "./timing.js";

/** @typedef {import("../../testing.js").MockRequest} MockRequest */
/** @typedef {import("../../testing.js").MockFault} MockFault */
/**
 * @typedef {object} Incoming
 * @property {string} method
 * @property {string} url
 * @property {Headers} headers
 * @property {() => Promise<string>} text
 * @property {AbortSignal | null} [signal]
 */
/**
 * @typedef {object} Mock the parts of one mock API
 * @property {import("./options.js").CheckedOptions} options
 * @property {() => number} clock
 * @property {import("./store.js").Store} store
 * @property {import("./faults.js").FaultScript} faults
 * @property {MockRequest[]} requests
 */

/** Statuses that may have no body: `new Response` would refuse one. */
const BODILESS = new Set([204, 205, 304]);

/**
 * @param {Mock} mock
 * @param {Incoming} incoming
 * @returns {Promise<Response>} `Response.error()` where the connection is lost; rejects once the client has left
 */
export async function exchange(mock, incoming) {
  const { signal } = incoming;
  const request = arrival(incoming, mock.clock());
  mock.requests.push(request);
  request.body = await abortable(incoming.text(), signal);
  request.json = parse(request.body);

  const { answer, fault } = work(mock, request);
  await sleep(fault.latencyMs ?? latency(mock.options.latencyMs, request), signal);
  if (placeOf(fault.stall) === "headers") await sleep(Infinity, signal);
  if (placeOf(fault.drop) === "headers") return Response.error();

  const { status, headers, bytes } = answer;
  if (BODILESS.has(status))
    return new Response(null, { status, headers: bodilessHeaders(headers) });
  const cut = fault.drop ? "drop" : fault.stall ? "stall" : undefined;
  return new Response(bodyStream(bytes, { cut, ms: fault.bodyMs, signal }), {
    status,
    headers: { "content-length": String(bytes.length), ...headers },
  });
}

/**
 * What the API does and answers. A function of the test's that throws is shown as a 500, since a
 * rejection would pass for a lost connection.
 * @param {Mock} mock
 * @param {MockRequest} request
 */
function work(mock, request) {
  /** @type {MockFault} */
  let fault = {};
  try {
    fault = mock.faults.pick(request) ?? {};
    const real = isProcessed(fault) ? serve(mock, request) : undefined;
    return { fault, answer: spoil(fault, request, real) };
  } catch (error) {
    const text = `a function given to the mock API threw: ${error}`;
    return { fault: {}, answer: toAnswer(500, { error: text }) };
  }
}

/**
 * @param {Mock} mock
 * @param {MockRequest} request
 */
function serve({ options, store }, request) {
  const key = request.headers["x-api-key"] ?? null;
  if (!isWelcome(options.apiKey, key)) return toAnswer(403, { message: "Forbidden" });
  const { status, json } = operate(store, request);
  return toAnswer(status, json);
}

/**
 * @param {import("./options.js").CheckedOptions["apiKey"]} expected
 * @param {string | null} key
 */
function isWelcome(expected, key) {
  if (expected === undefined) return true;
  return typeof expected === "function" ? Boolean(expected(key)) : key === expected;
}

/**
 * @param {Incoming} incoming
 * @param {number} at
 * @returns {MockRequest}
 */
function arrival({ method, url, headers }, at) {
  const { pathname, searchParams } = new URL(url);
  // Wherever it is mounted: what counts is the path from `/chat-v1/` on.
  const start = pathname.lastIndexOf("/chat-v1/");
  const path = start === -1 ? pathname : pathname.slice(start);
  const query = Object.fromEntries(searchParams);
  const plainHeaders = Object.fromEntries(headers);
  return {
    method,
    path,
    query,
    url,
    headers: plainHeaders,
    body: "",
    json: undefined,
    at,
    ...recognise(method, path),
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
 * @param {import("./options.js").CheckedOptions["latencyMs"]} option
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
