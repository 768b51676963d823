// @ts-check
// Which request a fault is for, and the answer that it makes of the real one. Carrying it out on the
// connection (late, cut off, never) is up to the exchange.

import { checkFaults } from "./options.js";

/** @typedef {import("../../testing.js").MockFault} MockFault */
/** @typedef {import("../../testing.js").MockRequest} MockRequest */
/** @typedef {import("../../testing.js").MockApiOptions} MockApiOptions */
/** @typedef {{ status: number, headers: Record<string, string>, bytes: Uint8Array }} Answer */

const ELSEWHERE = "https://elsewhere.example/chat-v1/sessions";
const HTML_PAGE =
  "<!doctype html><html><head><title>Just a moment</title></head>" +
  "<body><h1>The service will be right back</h1></body></html>";

/** What a server or a gateway says with a status; any other says `{"error": "HTTP <status>"}`. */
/** @type {Record<number, unknown>} */
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

/** The faults that wait, and the counting of what they have seen. */
export class FaultScript {
  /** @param {MockApiOptions["faults"]} faults */
  constructor(faults) {
    /** @type {{ fault: MockFault, seen: number, left: number }[]} */
    this.waiting = [];
    /** @type {Map<string | null, number>} */
    this.counts = new Map();
    this.decide = typeof faults === "function" ? faults : undefined;
    if (faults && typeof faults !== "function") this.add(faults);
  }

  /**
   * @param {MockFault | readonly MockFault[]} faults
   * @returns {() => void} takes them back
   */
  add(faults) {
    const added = checkFaults(faults, "fault").map((fault) => ({
      fault,
      seen: 0,
      left: fault.times ?? (Array.isArray(fault.nth) ? fault.nth.length : 1),
    }));
    this.waiting.push(...added);
    return () => {
      this.waiting = this.waiting.filter((entry) => !added.includes(entry));
    };
  }

  /**
   * The fault for a request: the first of those waiting that is meant for it. Every fault counts
   * every request that it matches, also one that another fault takes.
   * @param {MockRequest} request
   * @returns {MockFault | undefined}
   */
  pick(request) {
    const nth = (this.counts.get(request.operation) ?? 0) + 1;
    this.counts.set(request.operation, nth);
    const meant = this.waiting.filter((entry) => {
      if (!matches(entry.fault, request)) return false;
      entry.seen += 1;
      return isNth(entry.fault.nth, entry.seen);
    });
    const taken = meant[0];
    if (taken) {
      taken.left -= 1;
      if (taken.left <= 0) this.waiting = this.waiting.filter((entry) => entry !== taken);
      return taken.fault;
    }
    const decided = this.decide?.(request, { nth });
    return decided ? checkFaults(decided, "faults()")[0] : undefined;
  }
}

/**
 * @param {MockFault} fault
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
 * @param {MockFault["nth"]} nth
 * @param {number} seen
 */
function isNth(nth, seen) {
  if (nth === undefined) return true;
  return typeof nth === "number" ? nth === seen : nth.includes(seen);
}

/**
 * Where a fault breaks the connection off, if it does: before the answer, or in its body.
 * @param {MockFault["drop"]} place
 */
export function placeOf(place) {
  return place === true ? "headers" : place || undefined;
}

/**
 * Whether the API does the work: unless its answer is replaced or never sent.
 * @param {MockFault} fault
 */
export function isProcessed(fault) {
  if (fault.processed !== undefined) return fault.processed;
  const lost = placeOf(fault.drop) === "headers" || placeOf(fault.stall) === "headers";
  return !lost && replacement(fault, undefined) === undefined;
}

/**
 * What is answered under a fault.
 * @param {MockFault} fault
 * @param {MockRequest} request
 * @param {Answer | undefined} real what the API has answered, if it did the work
 * @returns {Answer}
 */
export function spoil(fault, request, real) {
  const answer = replacement(fault, request) ?? real ?? toAnswer(200, "");
  const headers = { ...answer.headers, ...lowerCase(fault.headers ?? {}) };
  if (fault.garble === "truncated") {
    const half = answer.bytes.slice(0, Math.ceil(answer.bytes.length / 2));
    return { ...answer, headers, bytes: half };
  }
  if (fault.garble === "empty") return { ...answer, headers, bytes: new Uint8Array() };
  return { ...answer, headers };
}

/**
 * The answer in place of the real one, if the fault has one.
 * @param {MockFault} fault
 * @param {MockRequest | undefined} request
 * @returns {Answer | undefined}
 */
function replacement({ redirect, echoKey, garble, status, body }, request) {
  if (redirect || redirect === "") {
    const location = redirect === true ? ELSEWHERE : redirect;
    return toAnswer(status ?? 302, body ?? "", { location });
  }
  if (echoKey) {
    const key = request?.headers["x-api-key"] ?? "";
    const text = `invalid key: ${key}`;
    return toAnswer(
      status ?? 403,
      { error: text, request: { "X-API-Key": key } },
      { "x-key": key },
    );
  }
  if (garble === true || garble === "html") {
    return toAnswer(status ?? 200, HTML_PAGE, { "content-type": "text/html; charset=utf-8" });
  }
  if (status === undefined && body === undefined) return undefined;
  const code = status ?? 200;
  return toAnswer(code, body ?? USUAL_BODIES[code] ?? { error: `HTTP ${code}` });
}

/**
 * @param {number} status
 * @param {unknown} body text as it is, bytes as they are, anything else as JSON
 * @param {Record<string, string>} [headers]
 * @returns {Answer}
 */
export function toAnswer(status, body, headers = {}) {
  const raw = typeof body === "string" || body instanceof Uint8Array;
  const text = raw ? body : JSON.stringify(body);
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  return { status, headers: { "content-type": "application/json", ...headers }, bytes };
}

/** @param {Record<string, string>} headers */
function lowerCase(headers) {
  return Object.fromEntries(Object.entries(headers).map(([name, v]) => [name.toLowerCase(), v]));
}
