// @ts-check
// Retries that the table of faults does not cover. Rules: 1, 2, 6.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import {
  OPERATIONS,
  REPEATED,
  assertFailure,
  assertQuiet,
  call,
  faulty,
  rejection,
  warmUp,
} from "./harness.mjs";
import { refusedUrl } from "./server.mjs";
import * as steps from "./steps.mjs";

/**
 * @typedef {import("./harness.mjs").PollEvent} PollEvent
 */

const { ACTIVE, PENDING } = steps;

before(warmUp);

describe("retries", { concurrency: 16 }, () => {
  for (const { name } of OPERATIONS) {
    test(`${name} never left if the connection is refused`, async () => {
      const error = await rejection(call(name, await refusedUrl(), { maxRetries: 1 }));
      assertFailure(error, { code: "network" });
      assert.equal(error.retryable, true);
      assert.ok(error.cause instanceof Error);
    });
  }

  test("one good response resets the count of failures", async (t) => {
    const server = await faulty(t);
    const [bad, good] = [steps.status(503), steps.json(PENDING)];
    server.script([bad, good, steps.resetMidBody(), good, steps.html200(), good, bad, steps.json(ACTIVE)]); // prettier-ignore
    assert.deepEqual(await call("pollSession", server.url, { maxRetries: 1 }), ACTIVE);
    assert.equal(server.requests.length, 8);
  });

  for (const { name } of REPEATED) {
    test(`${name} sends at most maxRetries retries`, async (t) => {
      const server = await faulty(t);
      server.script(() => steps.status(503, { retryAfterMs: "1" }));
      for (const maxRetries of [0, 1, 3]) {
        const before = server.requests.length;
        const error = await rejection(call(name, server.url, { maxRetries }));
        assertFailure(error, { code: "http", status: 503 });
        assert.equal(error.attempts, maxRetries + 1);
        assert.equal(server.requests.length - before, maxRetries + 1);
      }
    });
  }

  for (const { name } of OPERATIONS) {
    test(`the status of an error response decides ${name} if its body stalls`, async (t) => {
      const server = await faulty(t);
      server.script(() => steps.stalledBody(403));
      for (const options of [{ requestTimeoutMs: 1_000 }, { timeoutMs: 1_000 }]) {
        const before = server.requests.length;
        const error = await rejection(call(name, server.url, options));
        assertFailure(error, { code: "http", status: 403 });
        assert.deepEqual([error.retryable, server.requests.length - before], [false, 1]);
      }
    });
  }

  test("unlimited retries do not spin", async (t) => {
    const server = await faulty(t);
    server.script(() => steps.status(503, { retryAfter: "0" }));
    const pace = { intervalMs: 20, maxIntervalMs: 20 };
    const options = { ...pace, maxRetries: 1e9, timeoutMs: 500 };
    const error = await rejection(call("pollSession", server.url, options));
    assertFailure(error, { code: "timeout" });
    assert.ok(server.requests.length <= 500 / 20 + 2, `${server.requests.length} requests`);
  });

  test("an unknown status keeps the normal pace", async (t) => {
    const server = await faulty(t);
    const pondering = Array.from({ length: 8 }, () => steps.json(steps.session("pondering")));
    server.script([...pondering, steps.json(ACTIVE)]);
    /** @type {PollEvent[]} */
    const events = [];
    const onPoll = (/** @type {PollEvent} */ event) => events.push(event);
    await call("pollSession", server.url, { intervalMs: 20, maxIntervalMs: 40, onPoll });
    assert.equal(events.length, 9);
    for (const { sessionStatus, reason, nextDelayMs = 0 } of events.slice(0, 8)) {
      assert.deepEqual([sessionStatus, reason], ["pondering", "interval"]);
      assert.ok(nextDelayMs >= 20 && nextDelayMs <= 40, `${nextDelayMs} ms`);
    }
    for (const pause of server.pauses) assert.ok(pause >= 18, `${pause} ms`);
  });

  test("the backoff doubles up to twice maxIntervalMs, with a fifth of jitter", async (t) => {
    const server = await faulty(t);
    server.script(() => steps.status(503));
    /** @type {PollEvent[]} */
    const events = [];
    const onPoll = (/** @type {PollEvent} */ event) => events.push(event);
    const pace = { intervalMs: 20, maxIntervalMs: 60 };
    await rejection(call("pollSession", server.url, { ...pace, maxRetries: 5, onPoll }));
    const limits = [20, 40, 80, 120, 120];
    assert.equal(events.length, limits.length + 1);
    limits.forEach((limit, at) => {
      const { reason, nextDelayMs = 0 } = events[at] ?? assert.fail();
      assert.equal(reason, "backoff");
      // The jitter never makes a pause shorter than intervalMs.
      assert.ok(nextDelayMs >= Math.max(20, limit * 0.8) - 1, `${nextDelayMs} of ${limit}`);
      assert.ok(nextDelayMs <= limit * 1.2 + 1, `${nextDelayMs} of ${limit}`);
    });
    assert.deepEqual([events.at(-1)?.reason, events.at(-1)?.nextDelayMs], ["done", undefined]);
  });
});

describe("a 404 of a delete", { concurrency: 16 }, () => {
  /** Attempts after which the session may be gone. */
  const MAYBE_DONE = /** @type {Record<string, steps.Step>} */ ({
    "a lost response": steps.resetBeforeHeaders(),
    "half a response": steps.closeMidBody(),
    "a garbled response": steps.html200(),
    ...Object.fromEntries([500, 502, 503, 504].map((code) => [`HTTP ${code}`, steps.status(code)])),
  });
  for (const [attempt, step] of Object.entries(MAYBE_DONE)) {
    test(`a 404 of a delete is success after ${attempt}`, async (t) => {
      const server = await faulty(t);
      server.script([step, steps.status(404)]);
      assert.equal(await call("deleteSession", server.url), undefined);
      assert.equal(server.requests.length, 2);
    });
  }

  test("a 404 of a delete is success after a stall", async (t) => {
    const server = await faulty(t);
    server.script([steps.stallBeforeHeaders(), steps.status(404)]);
    const options = { requestTimeoutMs: 300, maxRetries: 100 };
    assert.equal(await call("deleteSession", server.url, options), undefined);
  });

  /** Attempts that were certainly refused. */
  for (const code of [408, 425, 429]) {
    test(`a 404 of a delete is an error after HTTP ${code}`, async (t) => {
      const server = await faulty(t);
      server.script([steps.status(code, { retryAfterMs: "1" }), steps.status(404)]);
      const error = await rejection(call("deleteSession", server.url));
      assertFailure(error, { code: "http", status: 404 });
      assert.equal(error.attempts, 2);
    });
  }

  test("a 404 of a delete is an error in the first attempt", async (t) => {
    const server = await faulty(t);
    server.script([steps.status(404)]);
    assertFailure(await rejection(call("deleteSession", server.url)), {
      code: "http",
      status: 404,
    });
    await assertQuiet(server, 1);
  });

  for (const { name } of REPEATED.filter(({ name }) => name !== "deleteSession")) {
    test(`a 404 after a lost attempt is an error for ${name}`, async (t) => {
      const server = await faulty(t);
      server.script([steps.resetBeforeHeaders(), steps.status(404)]);
      assertFailure(await rejection(call(name, server.url)), { code: "http", status: 404 });
    });
  }
});
