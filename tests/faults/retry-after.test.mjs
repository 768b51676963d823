// @ts-check
// Every form of Retry-After, to every operation. Rules: 3.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import {
  OPERATIONS,
  QUICK,
  REPEATED,
  SENT_ONCE,
  assertFailure,
  assertQuiet,
  call,
  faulty,
  rejection,
  warmUp,
} from "./harness.mjs";
import * as steps from "./steps.mjs";
import { RETRY_AFTER, SAMPLES, TABLE, outcomeOf } from "./table.mjs";

/**
 * @typedef {import("./harness.mjs").PollEvent} PollEvent
 */

const { PENDING } = steps;

// An asctime date names no zone, and is read wrongly if local time is taken for UTC.
process.env.TZ = "America/St_Johns";

before(warmUp);

/** The status codes after which a request is repeated. @param {{ unknown?: string }} operation */
const resentAfter = ({ unknown }) => (unknown ? [429] : [408, 425, 429, 500, 502, 503, 504]);

describe("Retry-After", { concurrency: 32 }, () => {
  for (const row of RETRY_AFTER) {
    for (const operation of OPERATIONS) {
      test(`${operation.name} pauses as asked by ${row.name}`, async (t) => {
        const server = await faulty(t);
        for (const code of resentAfter(operation)) {
          server.script(() => steps.status(code, row.headers(Date.now())));
          const error = await rejection(call(operation.name, server.url, { maxRetries: 0 }));
          assertFailure(error, { code: "http", status: code });
          const { retryAfterMs } = error;
          if (row.pauseMs === undefined) assert.equal(retryAfterMs, undefined);
          // The pause up to a date in 2199 depends on the clock.
          else assert.ok(Math.abs(Number(retryAfterMs) - row.pauseMs) < 60_000, `${retryAfterMs}`);
          if (row.pauseMs !== undefined && row.pauseMs < 1e9)
            assert.equal(retryAfterMs, row.pauseMs);
        }
      });

      if (row.pauseMs !== undefined && row.pauseMs > 1e9) {
        test(`${operation.name} ends if ${row.name} is past the deadline`, async (t) => {
          const server = await faulty(t);
          server.script(() => steps.status(429, row.headers(Date.now())));
          const error = await rejection(call(operation.name, server.url));
          assertFailure(error, { code: "http", status: 429 });
          assert.equal(error.attempts, 1);
          await assertQuiet(server, 1);
        });
      }
    }
  }

  for (const { name, payload } of OPERATIONS) {
    test(`${name} honors Retry-After each time, up to maxRetries`, async (t) => {
      const server = await faulty(t);
      server.script(() => steps.status(429, { retryAfterMs: "60" }));
      const error = await rejection(call(name, server.url, { maxRetries: 2 }));
      assertFailure(error, { code: "http", status: 429 });
      assert.equal(error.attempts, 3);
      assert.equal(error.retryAfterMs, 60);
      assert.equal(server.requests.length, 3);
      // Timers may fire up to a millisecond early on another clock.
      for (const pause of server.pauses) assert.ok(pause >= 58, `${pause} ms`);
    });

    test(`${name} waits for Retry-After`, async (t) => {
      const server = await faulty(t);
      const { full } = SAMPLES[payload];
      server.script([steps.status(429, { retryAfter: "1" }), steps.json(full)]);
      /** @type {PollEvent[]} */
      const events = [];
      const onPoll = (/** @type {PollEvent} */ event) => events.push(event);
      await call(name, server.url, name === "pollSession" ? { onPoll } : {});
      assert.equal(server.requests.length, 2);
      const [pause = NaN] = server.pauses;
      assert.ok(pause >= 998, `${pause} ms`);
      if (name === "pollSession") {
        assert.equal(events[0]?.reason, "retry-after");
        assert.equal(events[0]?.nextDelayMs, 1_000);
      }
    });
  }

  test("a poll waits for Retry-After of a good response", async (t) => {
    const server = await faulty(t);
    const headers = /** @type {[string, string][]} */ ([["Retry-After", "1"]]);
    server.script([steps.json(PENDING, { headers }), steps.json(steps.ACTIVE)]);
    /** @type {PollEvent[]} */
    const events = [];
    const onPoll = (/** @type {PollEvent} */ event) => events.push(event);
    await call("pollSession", server.url, { onPoll });
    assert.deepEqual([events[0]?.reason, events[0]?.nextDelayMs], ["retry-after", 1_000]);
    assert.ok((server.pauses[0] ?? 0) >= 998);
  });

  for (const { name, unknown = "" } of SENT_ONCE) {
    test(`${name} is not repeated after a 503 with Retry-After`, async (t) => {
      const server = await faulty(t);
      server.script(() => steps.status(503, { retryAfter: "1" }));
      const error = await rejection(call(name, server.url));
      assertFailure(error, { code: unknown, status: 503, cause: "http" });
      assert.equal(error.retryAfterMs ?? error.cause.retryAfterMs, 1_000);
      await sleep(1_200);
      assert.equal(server.requests.length, 1);
    });
  }

  // Refusals that end the call after one request, despite Retry-After.
  for (const operation of OPERATIONS) {
    const { name } = operation;
    for (const row of TABLE) {
      const outcome = outcomeOf(row, operation);
      if (outcome === "ok" || outcome.survives || outcome.resent || !outcome.status) continue;
      const { code, status } = outcome;
      test(`${name} ends after ${row.name} despite Retry-After`, async (t) => {
        const server = await faulty(t);
        const date = new Date(Date.now() + 1_000).toUTCString();
        for (const retryAfter of ["0", "1", date, "-5", "99999999999", "soon"]) {
          const before = server.requests.length;
          server.script(() => steps.status(status, { retryAfter }));
          const error = await rejection(call(name, server.url));
          assertFailure(error, { code, status });
          assert.equal(error.attempts, 1);
          assert.equal(server.requests.length, before + 1);
        }
      });
    }
  }

  for (const retryAfter of ["2592000", "31536000", "99999999999", "9".repeat(400)]) {
    for (const { name } of OPERATIONS) {
      test(`Retry-After of ${retryAfter.slice(0, 12)} s without a deadline does not fire at once, for ${name}`, async (t) => {
        const server = await faulty(t);
        server.script(() => steps.status(429, { retryAfter }));
        const controller = new AbortController();
        const { signal } = controller;
        const promise = call(name, server.url, { signal, timeoutMs: Infinity });
        promise.catch(() => {});
        await server.received(1);
        await sleep(150);
        controller.abort();
        const error = await rejection(promise);
        // A number beyond the range of clocks may count as garbage; then the backoff sets the pause.
        if (retryAfter.length < 100) assert.equal(server.requests.length, 1);
        else assert.ok(server.requests.length <= 1 + 150 / QUICK.intervalMs);
        assert.ok(["aborted", "http"].includes(error.code), inspect(error));
        if (retryAfter.length < 100) assertFailure(error, { code: "aborted" });
      });
    }
  }

  test("an interval longer than any timer does not fire at once", async (t) => {
    const server = await faulty(t);
    server.script(() => steps.json(PENDING));
    const controller = new AbortController();
    const { signal } = controller;
    const intervalMs = 2 ** 31;
    const pace = { intervalMs, maxIntervalMs: intervalMs };
    const promise = call("pollSession", server.url, { signal, timeoutMs: Infinity, ...pace });
    promise.catch(() => {});
    await server.received(1);
    await sleep(150);
    assert.equal(server.requests.length, 1);
    controller.abort();
    assertFailure(await rejection(promise), { code: "aborted" });
  });

  test("Retry-After slightly past the deadline ends the call", async (t) => {
    const server = await faulty(t);
    server.script(() => steps.status(503, { retryAfter: "20" }));
    for (const { name } of REPEATED) {
      const error = await rejection(call(name, server.url, { timeoutMs: 19_900 }));
      assertFailure(error, { code: "http", status: 503 });
      assert.deepEqual([error.retryAfterMs, error.attempts], [20_000, 1]);
    }
  });
});
