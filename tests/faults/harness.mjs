// @ts-check
// Helpers for tests with the fault server: they make a call, and check how it settles. table.mjs and the tests have the right
// outcome of each fault.

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { operation } from "../support/operations.mjs";
import { loadPackage } from "../support/package.mjs";
import { startFaultServer } from "./server.mjs";
import * as steps from "./steps.mjs";

export { OPERATIONS, REPEATED, SENT_ONCE } from "../support/operations.mjs";

/**
 * @typedef {import("./server.mjs").FaultServer} FaultServer
 * @typedef {import("./steps.mjs").Session} Session
 * @typedef {import("../support/operations.mjs").Operation} Operation
 * @typedef {import("../support/operations.mjs").OperationName} OperationName
 * @typedef {Error & { code: string, retryable: boolean, status?: number, retryAfterMs?: number, requestId?: string,
 *   sessionId?: number, lastSession?: Session, attempts?: number, elapsedMs?: number, body?: string, cause?: any }} CallError
 * @typedef {{ attempt: number, elapsedMs: number, httpStatus?: number, sessionStatus?: string, error?: unknown,
 *   nextDelayMs?: number, reason: string }} PollEvent
 */

/** @type {any} */
const pkg = await loadPackage();
export const { AieraChat, AieraChatError, ask, watchSession } = pkg;

const { ACTIVE, SESSION_ID } = steps;
export const KEY = "sk-faults-0123456789abcdef";

/** A pace for tests, with limits that no machine should reach. */
export const QUICK = {
  intervalMs: 5,
  maxIntervalMs: 20,
  timeoutMs: 60_000,
  requestTimeoutMs: 30_000,
};
/** A pause longer than any test. */
export const LONG = { intervalMs: 30_000, maxIntervalMs: 30_000 };
/** A limit for tests that hang, long enough for any machine. */
const PATIENCE_MS = 20_000;

/** @param {import("node:test").TestContext} t */
export async function faulty(t) {
  const server = await startFaultServer();
  t.after(() => server.close());
  return server;
}

/**
 * A call by a plain function, which has its own client.
 * @param {OperationName} name
 * @param {string} baseUrl
 * @param {Record<string, unknown>} [options]
 * @returns {Promise<any>}
 */
export function call(name, baseUrl, options = {}) {
  const { intervalMs, maxIntervalMs, ...common } = { apiKey: KEY, baseUrl, ...QUICK, ...options };
  const pace = name === "pollSession" ? { intervalMs, maxIntervalMs } : {};
  return pkg[name](...operation(name).args(SESSION_ID), { ...common, ...pace });
}

const NAMES = /** @type {Record<string, string>} */ ({
  aborted: "AbortError",
  timeout: "TimeoutError",
});

/**
 * The error that a promise rejects with, asserted to be a complete error of the package.
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
  assert.ok(Number.isInteger(error.elapsedMs) && Number(error.elapsedMs) >= 0);
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

/** One whole turn of the event loop, from any phase. */
export async function turn() {
  await new Promise(setImmediate);
  await new Promise(setImmediate);
}

/**
 * The result of a promise, asserted to settle soon.
 * @template T
 * @param {Promise<T>} promise
 * @param {string} description
 * @returns {Promise<T>}
 */
export async function soon(promise, description) {
  const limit = new AbortController();
  const late = sleep(PATIENCE_MS, undefined, limit).then(() =>
    assert.fail(`missing: ${description}`),
  );
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
 * Starts a clock before a call; the returned function asserts that the call settles after `ms`. It compares the order of
 * timers, which fire in the order of their due times, even late on a busy machine.
 * @param {number} ms
 * @returns {(promise: Promise<unknown>) => Promise<void>}
 */
export function startClock(ms) {
  // Node counts a timer from the start of the event loop's turn, which may be long if many tests run concurrently.
  const early = sleep(ms - 50);
  return async (promise) => {
    const late = sleep(ms + 50).then(turn);
    const settled = promise.then(
      () => "settled",
      () => "settled",
    );
    assert.equal(await Promise.race([settled, early]), undefined, `settled before ${ms} ms`);
    assert.equal(await Promise.race([settled, late]), "settled", `not settled after ${ms} ms`);
  };
}

/** Asserts that the client closed the connection of this request, counted from 1. @param {FaultServer} server @param {number} count */
export const assertClosed = (server, count) =>
  soon(server.received(count).then((request) => request.gone), "the closed connection"); // prettier-ignore

/** Asserts that no further request arrives. @param {FaultServer} server @param {number} requests */
export async function assertQuiet(server, requests) {
  await sleep(60);
  assert.equal(server.requests.length, requests);
}

/** Loads the module, so that measured times do not include the load. */
export async function warmUp() {
  const server = await startFaultServer();
  server.script([steps.json(ACTIVE)]);
  await call("pollSession", server.url);
  await server.close();
}
