// @ts-check
// Aborts and deadlines in every state of a call. Rules: 4.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import {
  KEY,
  LONG,
  OPERATIONS,
  REPEATED,
  assertClosed,
  assertFailure,
  assertNoListeners,
  assertQuiet,
  call,
  faulty,
  rejection,
  soon,
  startClock,
  turn,
  warmUp,
} from "./harness.mjs";
import * as steps from "./steps.mjs";
import { SAMPLES } from "./table.mjs";

/**
 * @typedef {import("./harness.mjs").Operation} Operation
 */

const { ACTIVE, PENDING } = steps;
const POLL = OPERATIONS.filter(({ name }) => name === "pollSession");

before(warmUp);

/**
 * The states of a call: the way to reach each, and the number of requests by then.
 * @typedef {object} State
 * @property {Operation[]} operations
 * @property {steps.Step} [step]
 * @property {Record<string, unknown>} [options]
 * @property {number} sent
 * @property {boolean} [inFlight]
 * @property {string} [cause] the code of the cause of an unknown outcome at a deadline; `timeout` if absent
 */
const STATES = /** @type {Record<string, State>} */ ({
  "the key function pending": {
    operations: OPERATIONS,
    options: { apiKey: () => new Promise(() => {}) },
    sent: 0,
  },
  "a request in flight": {
    operations: OPERATIONS,
    step: steps.stallBeforeHeaders(),
    sent: 1,
    inFlight: true,
  },
  "headers in flight": {
    operations: OPERATIONS,
    step: steps.stallMidHeaders(),
    sent: 1,
    inFlight: true,
  },
  "a body in flight": {
    operations: OPERATIONS,
    step: steps.stallMidBody(),
    sent: 1,
    inFlight: true,
  },
  "a body that drips": {
    operations: OPERATIONS,
    step: steps.dripForever(),
    sent: 1,
    inFlight: true,
  },
  "a refusal's body in flight": {
    operations: OPERATIONS,
    step: {
      name: "stalled refusal",
      actions: [
        { op: "head", status: 500, headers: [["Content-Length", "10"]] },
        { op: "write", bytes: "half " },
        { op: "stall" },
      ],
    },
    sent: 1,
    inFlight: true,
    cause: "http",
  },
  "a pause between polls": {
    operations: POLL,
    step: steps.json(PENDING),
    options: LONG,
    sent: 1,
  },
  "a pause after a failure": {
    operations: POLL,
    step: steps.status(503),
    options: LONG,
    sent: 1,
  },
});

/** Pauses that a deadline would prevent, since it ends the call earlier. */
const ABORT_STATES = /** @type {Record<string, State>} */ ({
  ...STATES,
  "a pause that the server asked for": {
    operations: OPERATIONS,
    step: steps.status(429, { retryAfter: "15" }),
    sent: 1,
  },
});

/**
 * A call in this state.
 * @param {import("node:test").TestContext} t
 * @param {State} state
 * @param {Operation} operation
 * @param {{ signal: AbortSignal, timeoutMs?: number }} options
 */
async function reach(t, state, { name }, options) {
  const server = await faulty(t);
  server.script(() => state.step ?? steps.json(ACTIVE));
  const assertOnTime = startClock(options.timeoutMs ?? 0);
  const promise = call(name, server.url, { ...state.options, ...options });
  promise.catch(() => {});
  const reached = async () => {
    if (state.sent > 0) await soon(server.received(state.sent), "the request");
    await sleep(30); // for the response to arrive
  };
  return { server, promise, reached, assertOnTime };
}

describe("an abort", { concurrency: 16 }, () => {
  for (const [name, state] of Object.entries(ABORT_STATES)) {
    for (const operation of state.operations) {
      test(`an abort of ${operation.name} with ${name} takes effect within one turn`, async (t) => {
        const controller = new AbortController();
        const { signal } = controller;
        const { server, promise, reached } = await reach(t, state, operation, { signal });
        await reached();
        const reason = { why: "not needed any more" };
        let settled = false;
        promise.catch(() => (settled = true));
        controller.abort(reason);
        await turn();
        assert.ok(settled, "not settled within one turn of the event loop");
        const error = await rejection(promise);
        assertFailure(error, { code: "aborted" });
        assert.equal(error.cause, reason);
        assert.equal(error.attempts, state.sent);
        assertNoListeners(signal);
        if (state.inFlight) await assertClosed(server, 1);
        await assertQuiet(server, state.sent);
      });
    }
  }

  for (const { name } of OPERATIONS) {
    test(`an abort before ${name} prevents any request`, async (t) => {
      const server = await faulty(t);
      server.script([steps.json(ACTIVE)]);
      let asked = 0;
      const apiKey = () => ((asked += 1), KEY);
      const signal = AbortSignal.abort("too late");
      const error = await rejection(call(name, server.url, { signal, apiKey }));
      assertFailure(error, { code: "aborted" });
      assert.equal(error.cause, "too late");
      assert.equal(error.attempts, 0);
      assert.equal(asked, 0);
      assertNoListeners(signal);
      await assertQuiet(server, 0);
      assert.equal(server.connections, 0);
    });

    for (const reason of [
      "a string",
      0,
      null,
      false,
      Symbol("a symbol"),
      new Error("an error"),
      () => {},
      undefined,
    ]) {
      test(`an abort of ${name} has its reason as the cause: ${inspect(reason).split("\n")[0]}`, async (t) => {
        const server = await faulty(t);
        server.script([steps.stallBeforeHeaders()]);
        const controller = new AbortController();
        const promise = call(name, server.url, { signal: controller.signal });
        promise.catch(() => {});
        await server.received(1);
        controller.abort(reason);
        const error = await rejection(promise);
        assertFailure(error, { code: "aborted" });
        assert.ok("cause" in error);
        assert.equal(error.cause, controller.signal.reason);
      });
    }
  }

  test("a signal of AbortSignal.timeout aborts a call", async (t) => {
    const server = await faulty(t);
    server.script([steps.stallMidBody()]);
    const signal = AbortSignal.timeout(80);
    const error = await rejection(call("pollSession", server.url, { signal }));
    assertFailure(error, { code: "aborted" });
    assert.equal(error.cause, signal.reason);
    assert.equal(error.cause.name, "TimeoutError");
  });

  test("an abort in a callback ends the call", async (t) => {
    const server = await faulty(t);
    server.script([steps.json(PENDING)]);
    const controller = new AbortController();
    const { signal } = controller;
    const onUpdate = () => controller.abort("enough");
    const error = await rejection(call("pollSession", server.url, { signal, onUpdate }));
    assertFailure(error, { code: "aborted" });
    assert.deepEqual(error.lastSession, PENDING);
    await assertQuiet(server, 1);
  });

  test("an abort after the end changes nothing", async (t) => {
    const server = await faulty(t);
    server.script([steps.json(ACTIVE)]);
    const controller = new AbortController();
    const promise = call("pollSession", server.url, { signal: controller.signal });
    await promise;
    controller.abort();
    assert.deepEqual(await promise, ACTIVE);
    await assertQuiet(server, 1);
  });
});

describe("a deadline", { concurrency: 16 }, () => {
  for (const [name, state] of Object.entries(STATES)) {
    for (const operation of state.operations) {
      test(`a deadline ends ${operation.name} with ${name}`, async (t) => {
        const { signal } = new AbortController();
        const options = { signal, timeoutMs: 500 };
        const { server, promise, assertOnTime } = await reach(t, state, operation, options);
        await assertOnTime(promise);
        const error = await rejection(promise);
        const unknown = state.sent > 0 && operation.unknown;
        if (unknown) assertFailure(error, { code: unknown, cause: state.cause ?? "timeout" });
        else assertFailure(error, { code: "timeout" });
        assert.ok((error.elapsedMs ?? 0) >= 495, `elapsedMs: ${error.elapsedMs}`);
        assertNoListeners(signal);
        if (state.inFlight) await assertClosed(server, 1);
        await assertQuiet(server, server.requests.length);
      });
    }
  }

  test("a deadline bounds retries", async (t) => {
    const server = await faulty(t);
    server.script(() => steps.late(40, steps.resetMidBody()));
    const assertOnTime = startClock(900);
    const promise = call("pollSession", server.url, { timeoutMs: 900, maxRetries: 1_000 });
    await assertOnTime(promise);
    const error = await rejection(promise);
    assertFailure(error, { code: "timeout" });
    assert.ok((error.attempts ?? 0) > 1);
  });

  test("requestTimeoutMs ends a request, but not the call", async (t) => {
    const stalls = [steps.stallMidBody(), steps.dripForever(), steps.stallBeforeHeaders()];
    for (const { name, payload } of REPEATED) {
      const server = await faulty(t);
      server.script([...stalls, steps.json(SAMPLES[payload].full)]);
      const startedAt = performance.now();
      await call(name, server.url, { requestTimeoutMs: 200, maxRetries: 100 });
      const elapsedMs = performance.now() - startedAt;
      assert.ok(server.requests.length >= 4);
      // Timers may fire up to a millisecond early on another clock. The server's clock starts when a request arrives, which
      // may be late.
      assert.ok(elapsedMs >= 3 * 199, `${elapsedMs} ms`);
      for (const request of server.requests.slice(0, 3)) await soon(request.gone, "the closed one");
    }
  });

  test("a deadline of Infinity never ends a call", async (t) => {
    const server = await faulty(t);
    server.script([steps.late(100, steps.json(PENDING)), steps.json(ACTIVE)]);
    const options = { timeoutMs: Infinity, requestTimeoutMs: Infinity };
    assert.deepEqual(await call("pollSession", server.url, options), ACTIVE);
  });
});
