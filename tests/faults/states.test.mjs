// @ts-check
// Aborts and deadlines in every state that a call can be in: behaviour 4 of the contract, and what bounds a call.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import {
  KEY,
  LONG,
  OPERATIONS,
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

/**
 * @typedef {import("./harness.mjs").Operation} Operation
 */

const { ACTIVE, PENDING } = steps;

before(warmUp);
/**
 * The states that a call can be in when its time is up or its caller loses interest: how to get there, and what the server
 * has then seen.
 * @typedef {object} State
 * @property {Operation[]} operations
 * @property {steps.Step} [step]
 * @property {Record<string, unknown>} [options]
 * @property {number} sent
 * @property {boolean} [inFlight]
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
      operations: [
        { op: "head", status: 500, headers: [["Content-Length", "10"]] },
        { op: "write", bytes: "half " },
        { op: "stall" },
      ],
    },
    sent: 1,
    inFlight: true,
  },
  "a pause between polls": {
    operations: ["poll"],
    step: steps.json(PENDING),
    options: LONG,
    sent: 1,
  },
  "a pause after a failure": {
    operations: ["poll"],
    step: steps.status(503),
    options: LONG,
    sent: 1,
  },
});

/** A pause that only an abort can end early: a deadline would have ended the call before it. */
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
async function reach(t, state, operation, options) {
  const server = await faulty(t);
  server.script(() => state.step ?? steps.json(ACTIVE));
  const assertOnTime = startClock(options.timeoutMs ?? 0);
  const promise = call(operation, server.url, { ...state.options, ...options });
  promise.catch(() => {});
  const reached = async () => {
    if (state.sent > 0) await soon(server.received(state.sent), "the request");
    await sleep(30); // for what was answered to arrive
  };
  return { server, promise, reached, assertOnTime };
}

describe("an abort", { concurrency: 8 }, () => {
  for (const [name, state] of Object.entries(ABORT_STATES)) {
    for (const operation of state.operations) {
      test(`of a ${operation} with ${name} takes effect within one turn`, async (t) => {
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

  for (const operation of OPERATIONS) {
    test(`before a ${operation} keeps anything from being sent`, async (t) => {
      const server = await faulty(t);
      server.script([steps.json(ACTIVE)]);
      let asked = 0;
      const apiKey = () => ((asked += 1), KEY);
      const signal = AbortSignal.abort("too late");
      const error = await rejection(call(operation, server.url, { signal, apiKey }));
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
      // prettier-ignore
      test(`of a ${operation} with the reason ${inspect(reason).split("\n")[0]}`, async (t) => {
        const server = await faulty(t);
        server.script([steps.stallBeforeHeaders()]);
        const controller = new AbortController();
        const promise = call(operation, server.url, { signal: controller.signal });
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

  test("by AbortSignal.timeout is an abort too", async (t) => {
    const server = await faulty(t);
    server.script([steps.stallMidBody()]);
    const signal = AbortSignal.timeout(80);
    const error = await rejection(call("poll", server.url, { signal }));
    assertFailure(error, { code: "aborted" });
    assert.equal(error.cause, signal.reason);
    assert.equal(error.cause.name, "TimeoutError");
  });

  test("in the callback that saw the session", async (t) => {
    const server = await faulty(t);
    server.script([steps.json(PENDING)]);
    const controller = new AbortController();
    const { signal } = controller;
    const onUpdate = () => controller.abort("seen enough");
    const error = await rejection(call("poll", server.url, { signal, onUpdate }));
    assertFailure(error, { code: "aborted" });
    assert.deepEqual(error.lastSession, PENDING);
    await assertQuiet(server, 1);
  });

  test("after the end changes nothing", async (t) => {
    const server = await faulty(t);
    server.script([steps.json(ACTIVE)]);
    const controller = new AbortController();
    const promise = call("poll", server.url, { signal: controller.signal });
    await promise;
    controller.abort();
    assert.deepEqual(await promise, ACTIVE);
    await assertQuiet(server, 1);
  });
});

describe("a deadline", { concurrency: 6 }, () => {
  for (const [name, state] of Object.entries(STATES)) {
    for (const operation of state.operations) {
      test(`of a ${operation} with ${name}`, async (t) => {
        const { signal } = new AbortController();
        const options = { signal, timeoutMs: 200 };
        const { server, promise, assertOnTime } = await reach(t, state, operation, options);
        await assertOnTime(promise);
        const error = await rejection(promise);
        const created = operation === "create" && state.sent > 0;
        if (created) assertFailure(error, { code: "create_outcome_unknown", cause: "timeout" });
        else assertFailure(error, { code: "timeout" });
        assert.ok((error.elapsedMs ?? 0) >= 195, `elapsedMs: ${error.elapsedMs}`);
        assertNoListeners(signal);
        if (state.inFlight) await assertClosed(server, 1);
        await assertQuiet(server, server.requests.length);
      });
    }
  }

  test("bounds retries", async (t) => {
    const server = await faulty(t);
    server.script(() => steps.late(40, steps.resetMidBody()));
    const assertOnTime = startClock(900);
    const promise = call("poll", server.url, { timeoutMs: 900, maxRetries: 1_000 });
    await assertOnTime(promise);
    const error = await rejection(promise);
    assertFailure(error, { code: "timeout" });
    assert.ok((error.attempts ?? 0) > 1);
  });

  test("of one request ends it, and not the poll", async (t) => {
    const server = await faulty(t);
    server.script([steps.stallMidBody(), steps.dripForever(), steps.stallBeforeHeaders(), steps.json(ACTIVE)]); // prettier-ignore
    assert.deepEqual(await call("poll", server.url, { requestTimeoutMs: 200 }), ACTIVE);
    for (const pause of server.pauses) assert.ok(pause >= 150 && pause <= 600, `${pause} ms`);
    for (const request of server.requests.slice(0, 3)) await soon(request.gone, "the closed one");
  });

  test("of Infinity is none", async (t) => {
    const server = await faulty(t);
    server.script([steps.late(100, steps.json(PENDING)), steps.json(ACTIVE)]);
    const options = { timeoutMs: Infinity, requestTimeoutMs: Infinity };
    assert.deepEqual(await call("poll", server.url, options), ACTIVE);
  });
});
