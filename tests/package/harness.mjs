// @ts-check
// Helpers of the tests of the main entry: the package, responses in memory, and the outcome of a call.
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { loadPackage } from "../support/package.mjs";

/**
 * @typedef {Error & { code: string, retryable: boolean, status?: number, retryAfterMs?: number, requestId?: string,
 *   sessionId?: number, lastSession?: any, attempts?: number, elapsedMs?: number, body?: string, cause?: any,
 *   toJSON(): any }} CallError
 */

/** @type {any} */
export const pkg = await loadPackage();
export const { AieraChat, AieraChatError } = pkg;

export const SESSION_ID = 7;
export const KEY = "secret-key-0123456789";
/** The base URL of clients whose `fetch` is in memory. */
export const BASE_URL = "https://api.example/api";

/** A pace for tests without delays. */
export const QUICK = { intervalMs: 5, maxIntervalMs: 5 };

/** A promise that stays pending. @returns {Promise<any>} */
export const never = () => new Promise(() => {});
export const sleep = (/** @type {number} */ ms) =>
  new Promise((resolve) => setTimeout(resolve, ms));
/** One turn of the event loop. */
export const turn = () => new Promise((resolve) => setImmediate(resolve));

/**
 * The payload of each kind, as an object.
 * @type {Record<import("../support/operations.mjs").Payload, any>}
 */
export const PAYLOADS = {
  session: { id: SESSION_ID, status: "active", messages: [] },
  message: { id: 70, session_id: SESSION_ID, message_type: "prompt", content: "And the margins?" },
  page: { data: [{ id: SESSION_ID, status: "active" }], pagination: { page: 2, has_next: false } },
  confirmation: { success: true },
};

/** A response with a session. @param {string} [status] @param {object} [more] */
export const session = (status = "active", more) =>
  Response.json({ id: SESSION_ID, status, ...more });

/**
 * A client whose `fetch` is a function, and the calls of that function.
 * @param {(url: string, init: any, count: number) => any} respond
 * @param {object} [options]
 */
export function client(respond, options) {
  /** @type {{ url: string, init: any }[]} */
  const requests = [];
  const fetch = async (/** @type {string} */ url, /** @type {any} */ init) => {
    requests.push({ url, init });
    return respond(url, init, requests.length);
  };
  const chat = new AieraChat({ apiKey: KEY, baseUrl: BASE_URL, fetch, ...options });
  return { chat, requests };
}

/**
 * Makes a call of an operation.
 * @param {any} chat
 * @param {import("../support/operations.mjs").Operation} operation
 * @param {object} [options]
 * @returns {Promise<any>}
 */
export const call = (chat, { name, args }, options) => chat[name](...args(SESSION_ID), options);

/**
 * The error that a promise rejects with, which is one of the package's.
 * @param {Promise<unknown>} promise
 * @returns {Promise<CallError>}
 */
export async function rejection(promise) {
  const settled = await promise.then(
    (value) => ({ value, error: undefined }),
    (/** @type {CallError} */ error) => ({ value: undefined, error }),
  );
  if (!settled.error) assert.fail(`resolved with ${inspect(settled.value, { depth: 0 })}`);
  assert.ok(settled.error instanceof AieraChatError, inspect(settled.error));
  return settled.error;
}

/**
 * A list of the errors that calls have rejected with so far.
 * @param {Promise<unknown>[]} calls
 */
export function collectErrors(calls) {
  /** @type {CallError[]} */
  const errors = [];
  for (const promise of calls) Promise.resolve(promise).catch((error) => errors.push(error));
  return errors;
}

/** All texts that printing a value could show. @param {unknown} value */
export function everythingIn(value) {
  const texts = [inspect(value, { depth: 20, showHidden: true, maxStringLength: null })];
  for (let at = /** @type {any} */ (value); at && typeof at === "object"; at = at.cause) {
    texts.push(String(at), JSON.stringify(at) ?? "");
    texts.push(...Reflect.ownKeys(at).map((name) => inspect(at[name], { maxStringLength: null })));
  }
  return texts.join("\n");
}

/**
 * Waits until a condition is true. The limit suits slow machines; the duration is not asserted.
 * @param {() => unknown} condition
 * @param {string} event
 */
export async function until(condition, event) {
  for (const start = performance.now(); !condition(); await sleep(5)) {
    if (performance.now() - start > 20_000) assert.fail(`it did not happen: ${event}`);
  }
}
