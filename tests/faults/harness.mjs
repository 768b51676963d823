// @ts-check
// What the tests against the fault server have in common: making a call, and looking at how it settles. What is right
// for which fault is left to table.mjs and to the tests.

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { loadPackage } from "../support/package.mjs";
import { startFaultServer } from "./server.mjs";
import * as steps from "./steps.mjs";

/**
 * @typedef {import("./server.mjs").FaultServer} FaultServer
 * @typedef {import("./steps.mjs").Session} Session
 * @typedef {Error & { code: string, status?: number, retryAfterMs?: number, requestId?: string, sessionId?: number,
 *   lastSession?: Session, attempts?: number, elapsedMs?: number, body?: string, cause?: any }} CallError
 * @typedef {"poll" | "create"} Operation
 * @typedef {{ attempt: number, elapsedMs: number, httpStatus?: number, sessionStatus?: string, error?: unknown,
 *   nextDelayMs?: number, reason: string }} PollEvent
 */

/** @type {any} */
export const { AieraChat, AieraChatError, createSession, pollSession, watchSession } =
  await loadPackage();

const { ACTIVE, SESSION_ID } = steps;
export const KEY = "sk-faults-0123456789abcdef";
export const OPERATIONS = /** @type {Operation[]} */ (["poll", "create"]);

/** A pace for tests, and bounds that no machine should reach. */
export const QUICK = {
  intervalMs: 5,
  maxIntervalMs: 20,
  timeoutMs: 20_000,
  requestTimeoutMs: 10_000,
};
/** A pause that no test waits out. */
export const LONG = { intervalMs: 30_000, maxIntervalMs: 30_000 };
/** How much later than its deadline a call may settle. */
const LATE_MS = 50;

/** @param {import("node:test").TestContext} t */
export async function faulty(t) {
  const server = await startFaultServer();
  t.after(() => server.close());
  return server;
}

/**
 * A call by the plain functions, each of which has a client of its own.
 * @param {Operation} operation
 * @param {string} baseUrl
 * @param {Record<string, unknown>} [options]
 * @returns {Promise<Session>}
 */
export function call(operation, baseUrl, options = {}) {
  const { intervalMs, maxIntervalMs, ...common } = { apiKey: KEY, baseUrl, ...QUICK, ...options };
  return operation === "poll"
    ? pollSession(SESSION_ID, { ...common, intervalMs, maxIntervalMs })
    : createSession({ prompt: "What were the key takeaways?" }, common);
}

const NAMES = /** @type {Record<string, string>} */ ({
  aborted: "AbortError",
  timeout: "TimeoutError",
});

/**
 * What a promise rejects with, once it has been seen to be one of the package's errors, in full.
 * @param {Promise<unknown>} promise
 * @returns {Promise<CallError>}
 */
export async function rejection(promise) {
  const error = await promise.then(
    (value) => assert.fail(`resolved with ${inspect(value, { depth: 0 })}`),
    (/** @type {CallError} */ reason) => reason,
  );
  if (error instanceof assert.AssertionError) throw error;
  assert.ok(error instanceof AieraChatError, inspect(error));
  assert.ok(error instanceof Error);
  assert.equal(error.name, NAMES[error.code] ?? "AieraChatError");
  assert.notEqual(error.message, "");
  assert.ok(Number.isInteger(error.attempts), `attempts: ${error.attempts}`);
  assert.ok(typeof error.elapsedMs === "number" && error.elapsedMs >= 0);
  assert.ok(Buffer.byteLength(error.body ?? "") <= 2_048);
  return error;
}

/**
 * @param {CallError} error
 * @param {{ code: string, status?: number, cause?: string }} expected
 */
export function assertFailure(error, { code, status, cause }) {
  assert.equal(error.code, code, inspect(error));
  if (status !== undefined) assert.equal(error.status, status);
  if (cause !== undefined) {
    assert.ok(error.cause instanceof AieraChatError, inspect(error.cause));
    assert.equal(error.cause.code, cause);
  }
}

/** One whole turn of the event loop, wherever in it this is called. */
export async function turn() {
  await new Promise(setImmediate);
  await new Promise(setImmediate);
}

/** @template T @param {Promise<T>} promise @param {string} what @param {number} [ms] @returns {Promise<T>} */
export async function soon(promise, what, ms = 2_000) {
  const limit = new AbortController();
  const late = sleep(ms, undefined, limit).then(() => assert.fail(`not soon: ${what}`));
  late.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    limit.abort();
  }
}

/** @param {AbortSignal} signal */
export const assertNoListeners = (signal) =>
  assert.equal(getEventListeners(signal, "abort").length, 0);

/**
 * Starts a plain timer, and gives a check that a promise settles when that does, and not before. A busy machine delays both.
 * @param {number} ms
 * @returns {(promise: Promise<unknown>) => Promise<void>}
 */
export function startClock(ms) {
  const now = () => performance.now();
  const start = now();
  const timer = sleep(ms).then(now);
  return async (promise) => {
    const settled = await promise.then(now, now);
    assert.ok(settled - start >= ms - 5, `settled after ${settled - start} ms of ${ms}`);
    const late = settled - (await timer);
    assert.ok(late <= LATE_MS, `${late} ms late`);
  };
}

/** That the client closed the connection of this request, counted from 1. @param {FaultServer} server @param {number} count */
export const assertClosed = (server, count) =>
  soon(server.received(count).then((request) => request.gone), "the closed connection"); // prettier-ignore

/** That nothing arrives any more. @param {FaultServer} server @param {number} requests */
export async function assertQuiet(server, requests) {
  await sleep(60);
  assert.equal(server.requests.length, requests);
}

/** The module is loaded by the first call; what is timed is not to include that. */
export async function warmUp() {
  const server = await startFaultServer();
  server.script([steps.json(ACTIVE)]);
  await call("poll", server.url);
  await server.close();
}
