// @ts-check
// Every form of Retry-After, to polls and creates: behaviour 3 of the contract.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import {
  OPERATIONS,
  QUICK,
  assertFailure,
  assertQuiet,
  call,
  faulty,
  rejection,
  warmUp,
} from "./harness.mjs";
import * as steps from "./steps.mjs";
import { RETRY_AFTER, TABLE } from "./table.mjs";

/**
 * @typedef {import("./harness.mjs").Operation} Operation
 * @typedef {import("./table.mjs").Row} Row
 * @typedef {import("./harness.mjs").PollEvent} PollEvent
 */

const { ACTIVE, PENDING } = steps;

before(warmUp);

// An asctime date names no zone, and is read wrongly where local time is taken for UTC.
process.env.TZ = "America/St_Johns";

describe("Retry-After", { concurrency: 24 }, () => {
  const REFUSALS = /** @type {[Operation, number][]} */ ([
    ...[408, 425, 429, 500, 502, 503, 504].map((code) => ["poll", code]),
    ["create", 429],
  ]);

  // The slow ones first.
  test("is honoured each time, up to maxRetries", async (t) => {
    const server = await faulty(t);
    server.script(() => steps.status(429, { retryAfterMs: "60" }));
    for (const operation of OPERATIONS) {
      const start = server.requests.length;
      const error = await rejection(call(operation, server.url, { maxRetries: 2 }));
      assertFailure(error, { code: "http", status: 429 });
      assert.equal(error.attempts, 3);
      assert.equal(error.retryAfterMs, 60);
      assert.equal(server.requests.length - start, 3);
      for (const pause of server.pauses.slice(start, start + 2)) assert.ok(pause >= 58, `${pause} ms`); // prettier-ignore
    }
  });

  test("with a 503 does not make a create go out again", async (t) => {
    const server = await faulty(t);
    server.script(() => steps.status(503, { retryAfter: "1" }));
    const error = await rejection(call("create", server.url));
    assertFailure(error, { code: "create_outcome_unknown", status: 503, cause: "http" });
    assert.equal(error.retryAfterMs ?? error.cause.retryAfterMs, 1_000);
    await sleep(1_200);
    assert.equal(server.requests.length, 1);
  });

  for (const { name, asked, pause } of RETRY_AFTER) {
    for (const [operation, code] of REFUSALS) {
      test(`${name}, to a ${operation} that got ${code}`, async (t) => {
        const server = await faulty(t);
        server.script((_, i) =>
          i === 0 ? steps.status(code, asked(Date.now())) : steps.json(ACTIVE),
        );
        const start = performance.now();
        /** @type {PollEvent[]} */
        const events = [];
        const options = operation === "poll" ? { onPoll: (/** @type {PollEvent} */ e) => events.push(e) } : {}; // prettier-ignore
        const promise = call(operation, server.url, { maxRetries: 1, ...options });
        if (typeof pause === "object" && "never" in pause) {
          const error = await rejection(promise);
          assertFailure(error, { code: "http", status: code });
          const { retryAfterMs = NaN } = error;
          assert.ok(Math.abs(retryAfterMs - pause.never) < 30_000, `retryAfterMs ${retryAfterMs}`);
          assert.ok(performance.now() - start < 5_000, "did not end at once");
          await assertQuiet(server, 1);
          return;
        }
        assert.deepEqual(await promise, ACTIVE);
        assert.equal(server.requests.length, 2);
        const [waited = NaN] = server.pauses;
        if (pause === "ignored") {
          assert.ok(waited < (operation === "poll" ? 800 : 2_500), `waited ${waited} ms`);
        } else {
          // Timers may fire up to a millisecond early by another clock.
          assert.ok(waited >= pause.atLeast - 2, `waited only ${waited} ms`);
          assert.ok(waited <= pause.atMost, `waited ${waited} ms`);
          if (operation === "poll") {
            assert.equal(events[0]?.reason, "retry-after");
            assert.ok((events[0]?.nextDelayMs ?? 0) > pause.atLeast - 100);
          }
        }
      });
    }
  }

  /** Codes at which it changes nothing: the call ends all the same, after one request. @type {[Operation, Row[]][]} */
  const FINAL = [
    ["poll", TABLE.filter(({ poll }) => poll !== "ok" && !poll.survives)],
    ["create", TABLE.filter(({ create }) => create !== "ok" && create.status && !create.resent)],
  ];
  for (const [operation, rows] of FINAL) {
    for (const row of rows) {
      test(`does not keep a ${operation} going after ${row.name}`, async (t) => {
        const server = await faulty(t);
        const { code, status = 0 } = /** @type {{ code: string, status?: number }} */ (
          row[operation]
        );
        for (const retryAfter of [
          "0",
          "1",
          new Date(Date.now() + 1_000).toUTCString(),
          "-5",
          "99999999999",
          "soon",
        ]) {
          // prettier-ignore
          const before = server.requests.length;
          server.script(() => steps.status(status, { retryAfter }));
          const error = await rejection(call(operation, server.url));
          assertFailure(error, { code, status });
          assert.equal(server.requests.length, before + 1);
          assert.ok((error.elapsedMs ?? Infinity) < 900, `${error.elapsedMs} ms`);
        }
      });
    }
  }

  for (const retryAfter of ["2592000", "31536000", "99999999999", "9".repeat(400)]) {
    for (const operation of OPERATIONS) {
      test(`${retryAfter.slice(0, 12)} s without a deadline does not fire at once, for a ${operation}`, async (t) => {
        const server = await faulty(t);
        server.script(() => steps.status(429, { retryAfter }));
        const controller = new AbortController();
        const { signal } = controller;
        const promise = call(operation, server.url, { signal, timeoutMs: Infinity });
        promise.catch(() => {});
        await server.received(1);
        await sleep(150);
        controller.abort();
        const error = await rejection(promise);
        // A number that is none for a clock may be taken for garbage, and leaves the pause to the backoff then.
        if (retryAfter.length < 100) assert.equal(server.requests.length, 1);
        else assert.ok(server.requests.length <= 1 + 150 / QUICK.intervalMs);
        assert.ok(["aborted", "http"].includes(error.code), inspect(error));
        if (retryAfter.length < 100) assertFailure(error, { code: "aborted" });
      });
    }
  }

  test("an interval that no timer holds does not fire at once", async (t) => {
    const server = await faulty(t);
    server.script(() => steps.json(PENDING));
    const controller = new AbortController();
    const { signal } = controller;
    const intervalMs = 2 ** 31;
    const promise = call("poll", server.url, { signal, timeoutMs: Infinity, intervalMs, maxIntervalMs: intervalMs }); // prettier-ignore
    promise.catch(() => {});
    await server.received(1);
    await sleep(150);
    assert.equal(server.requests.length, 1);
    controller.abort();
    assertFailure(await rejection(promise), { code: "aborted" });
  });

  test("that fits the deadline but for a moment ends at once", async (t) => {
    const server = await faulty(t);
    server.script(() => steps.status(503, { retryAfter: "2" }));
    const error = await rejection(call("poll", server.url, { timeoutMs: 1_900 }));
    assertFailure(error, { code: "http", status: 503 });
    assert.equal(error.retryAfterMs, 2_000);
    assert.ok((error.elapsedMs ?? NaN) < 1_000);
  });
});
