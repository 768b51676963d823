// @ts-check
// `retryable`: whether the same call can be repeated without harm, and may succeed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OPERATIONS } from "../support/operations.mjs";
import { call, client, never, PAYLOADS, pkg, rejection, SESSION_ID } from "./harness.mjs";

const { AieraChat } = pkg;

const lost = () => Promise.reject(new TypeError("lost"));
const refused = () =>
  Promise.reject(
    Object.assign(new TypeError("fetch failed"), {
      cause: Object.assign(new Error("connect ECONNREFUSED"), {
        code: "ECONNREFUSED",
        syscall: "connect",
      }),
    }),
  );
const status = (/** @type {number} */ code) => () => new Response("{}", { status: code });

/**
 * Failures, each with its code and `retryable`: first for a repeatable operation, then for one that is sent once. "unknown"
 * is the code of an unknown outcome.
 * @type {[string, () => any, [string, boolean], [string, boolean]][]}
 */
const RETRYABLE = [
  ["a lost response", lost, ["network", true], ["unknown", false]],
  ["a refused connection", refused, ["network", true], ["network", true]],
  ["a stall", never, ["network", true], ["unknown", false]],
  ["a garbled response", () => new Response("{"), ["decode", true], ["unknown", false]],
  ...[408, 425].map((code) => /** @type {any} */ ([`HTTP ${code}`, status(code), ["http", true], ["http", false]])),
  ["HTTP 429", status(429), ["http", true], ["http", true]],
  ...[500, 502, 503, 504, 507, 599].map((code) => /** @type {any} */ ([`HTTP ${code}`, status(code), ["http", true], ["unknown", false]])),
  ...[501, 505].map((code) => /** @type {any} */ ([`HTTP ${code}`, status(code), ["http", true], ["http", false]])),
  ...[300, 304, 400, 401, 403, 404, 409, 410, 422].map((code) => /** @type {any} */ ([`HTTP ${code}`, () => new Response(null, { status: code }), ["http", false], ["http", false]])),
  ["a redirect", status(307), ["redirected", false], ["redirected", false]],
  ["a value that is no Response", () => 5, ["invalid_argument", false], ["unknown", false]],
]; // prettier-ignore

for (const [failure, respond, repeated, once] of RETRYABLE) {
  test(`retryable is correct after ${failure}`, async () => {
    for (const operation of OPERATIONS) {
      const { chat } = client(respond, { maxRetries: 0 });
      const error = await rejection(call(chat, operation, { requestTimeoutMs: 20 }));
      const [code, retryable] = operation.unknown ? once : repeated;
      const expected = code === "unknown" ? operation.unknown : code;
      assert.deepEqual([error.code, error.retryable], [expected, retryable], operation.name);
    }
  });
}

test("retryable is correct after a timeout, an abort, a missing key and a failed session", async () => {
  for (const operation of OPERATIONS) {
    const pending = client(never).chat;
    const timeout = await rejection(call(pending, operation, { timeoutMs: 20 }));
    assert.deepEqual(
      [timeout.code, timeout.retryable],
      operation.unknown ? [operation.unknown, false] : ["timeout", true],
    );
    const aborted = await rejection(call(pending, operation, { signal: AbortSignal.abort() }));
    assert.deepEqual([aborted.code, aborted.retryable], ["aborted", false]);
    const keyless = new AieraChat({ fetch: never, apiKey: () => Promise.reject(new Error("no")) });
    const unavailable = await rejection(call(keyless, operation));
    assert.deepEqual([unavailable.code, unavailable.retryable], ["key_unavailable", false]);
    const unsent = new AieraChat({ fetch: never, apiKey: never });
    const early = await rejection(call(unsent, operation, { timeoutMs: 20 }));
    assert.deepEqual([early.code, early.retryable], ["timeout", true], "nothing was sent");
  }
  const failed = client(() => Response.json({ id: 7, status: "deleted" })).chat;
  const error = await rejection(failed.pollSession(SESSION_ID));
  assert.deepEqual([error.code, error.retryable], ["session_failed", false]);
  const silent = client(() => Response.json(PAYLOADS.session)).chat;
  const unanswered = await rejection(silent.ask("?"));
  assert.deepEqual([unanswered.code, unanswered.retryable], ["no_answer", false]);
  const late = client(() => new Response("{}", { status: 503, headers: { "retry-after": "99" } }));
  const tooLong = await rejection(late.chat.getSession(7, { timeoutMs: 1_000 }));
  assert.deepEqual([tooLong.code, tooLong.retryable], ["http", true]);
  const asked = client(() =>
    Response.json({ id: 7, status: "finding_sources" }, { headers: { "retry-after": "99" } }),
  );
  const pause = await rejection(asked.chat.pollSession(7, { timeoutMs: 1_000 }));
  assert.deepEqual([pause.code, pause.retryAfterMs], ["http", 99_000]);
});
