// @ts-check
// Selects the fault of a request and applies it to the reply. The exchange applies faults of the connection.
import { readFaults } from "./options.js";

/** @typedef {import("./options.js").Fault} Fault */
/** @typedef {import("../../testing.js").MockRequest} MockRequest */
/** @typedef {import("./options.js").MockOptions} MockOptions */
/** @typedef {{ status: number, headers: Record<string, string>, bytes: Uint8Array }} Reply */

const ELSEWHERE = "https://elsewhere.example/api/chat-v1/sessions";
const HTML_PAGE =
  "<!doctype html><html><head><title>Just a moment</title></head>" +
  "<body><h1>The service will be right back</h1></body></html>";

/**
 * The usual body of a status from the service or its gateway. The body of any other status is `{"error": "HTTP <status>"}`.
 *
 * @type {Record<number, unknown>}
 */
const USUAL_BODIES = {
  400: { error: "bad request" },
  401: { message: "Unauthorized" },
  403: { message: "Forbidden" },
  404: { error: "session not found" },
  408: { error: "request timeout" },
  429: { message: "Too Many Requests" },
  500: { error: "internal server error" },
  502: { message: "Bad Gateway" },
  503: { message: "Service Unavailable" },
  504: { message: "Endpoint request timed out" },
};

/** The pending faults, each with the number of requests that it has matched. */
export class FaultScript {
  /** @param {MockOptions["faults"]} faults */
  constructor(faults) {
    /** @type {{ fault: Fault, matched: number, left: number }[]} */
    this.pending = [];
    /** @type {Map<string | null, number>} */
    this.counts = new Map();
    this.decide = typeof faults === "function" ? faults : undefined;
    if (faults && typeof faults !== "function") this.add(faults);
  }

  /**
   * @param {import("../../testing.js").MockFault | readonly import("../../testing.js").MockFault[]} faults
   * @returns {() => void} removes them
   */
  add(faults) {
    const added = readFaults(faults, "fail: faults").map((fault) => ({
      fault,
      matched: 0,
      left: fault.times ?? (Array.isArray(fault.nth) ? fault.nth.length : 1),
    }));
    this.pending.push(...added);
    return () => {
      this.pending = this.pending.filter((entry) => !added.includes(entry));
    };
  }

  /**
   * The fault of a request: the first pending one that applies to it. Every fault counts every request that it matches,
   * even if another fault applies.
   *
   * @param {MockRequest} request
   * @returns {Fault | undefined}
   */
  pick(request) {
    const nth = (this.counts.get(request.operation) ?? 0) + 1;
    this.counts.set(request.operation, nth);
    const candidates = this.pending.filter((entry) => {
      if (!matches(entry.fault, request)) return false;
      entry.matched += 1;
      return isNth(entry.fault.nth, entry.matched);
    });
    const taken = candidates[0];
    if (taken) {
      taken.left -= 1;
      if (taken.left <= 0) this.pending = this.pending.filter((entry) => entry !== taken);
      return taken.fault;
    }
    const decided = this.decide?.(request, { nth });
    return decided ? readFaults(decided, "createMockApi: options.faults()")[0] : undefined;
  }
}

/**
 * @param {Fault} fault
 * @param {MockRequest} request
 */
function matches({ operation, sessionId, match }, request) {
  if (operation !== undefined) {
    const wanted = Array.isArray(operation) ? operation : [operation];
    if (!wanted.includes(request.operation)) return false;
  }
  if (sessionId !== undefined && sessionId !== request.sessionId) return false;
  return match === undefined || Boolean(match(request));
}

/**
 * @param {Fault["nth"]} nth
 * @param {number} count
 */
function isNth(nth, count) {
  if (nth === undefined) return true;
  return typeof nth === "number" ? nth === count : nth.includes(count);
}

/**
 * The place at which a fault ends the connection, if it does: before the response, or in its body.
 *
 * @param {Fault["drop"]} place
 */
export function placeOf(place) {
  return place === true ? "headers" : place || undefined;
}

/**
 * Whether the mock carries out the request: not if the response is replaced or never sent.
 *
 * @param {Fault} fault
 */
export function isProcessed(fault) {
  if (fault.processed !== undefined) return fault.processed;
  const lost = placeOf(fault.drop) === "headers" || placeOf(fault.stall) === "headers";
  return !lost && replacement(fault, undefined) === undefined;
}

/**
 * The reply under a fault.
 *
 * @param {Fault} fault
 * @param {MockRequest} request
 * @param {Reply | undefined} real the reply of the operation, if it was carried out
 * @returns {Reply}
 */
export function spoil(fault, request, real) {
  const reply = replacement(fault, request) ?? real ?? toReply(200, "");
  const headers = { ...reply.headers, ...lowerCase(fault.headers ?? {}) };
  if (fault.garble === "truncated") {
    const half = reply.bytes.slice(0, Math.ceil(reply.bytes.length / 2));
    return { ...reply, headers, bytes: half };
  }
  if (fault.garble === "empty") return { ...reply, headers, bytes: new Uint8Array() };
  return { ...reply, headers };
}

/**
 * The reply that replaces the real one, if the fault has one.
 *
 * @param {Fault} fault
 * @param {MockRequest | undefined} request
 * @returns {Reply | undefined}
 */
function replacement({ redirect, echoKey, garble, status, body }, request) {
  if (redirect || redirect === "") {
    const location = redirect === true ? ELSEWHERE : redirect;
    return toReply(status ?? 302, body ?? "", { location });
  }
  if (echoKey) {
    const key = request?.headers["x-api-key"] ?? "";
    const body = { error: `invalid key: ${key}`, request: { "X-API-Key": key } };
    return toReply(status ?? 403, body, { "x-key": key });
  }
  if (garble === true || garble === "html") {
    return toReply(status ?? 200, HTML_PAGE, { "content-type": "text/html; charset=utf-8" });
  }
  if (status === undefined && body === undefined) return undefined;
  const code = status ?? 200;
  return toReply(code, body ?? USUAL_BODIES[code] ?? { error: `HTTP ${code}` });
}

/**
 * @param {number} status
 * @param {unknown} body text and bytes unchanged, any other value as JSON
 * @param {Record<string, string>} [headers]
 * @returns {Reply}
 */
export function toReply(status, body, headers = {}) {
  const raw = typeof body === "string" || body instanceof Uint8Array;
  const text = raw ? body : JSON.stringify(body);
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  return { status, headers: { "content-type": "application/json", ...headers }, bytes };
}

/** @param {Record<string, string>} headers */
function lowerCase(headers) {
  return Object.fromEntries(Object.entries(headers).map(([name, v]) => [name.toLowerCase(), v]));
}
