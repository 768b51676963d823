// @ts-check
// Every fault of the table, met by a poll and by a create in Node. What is right stands in table.mjs.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  OPERATIONS,
  assertFailure,
  assertNoListeners,
  assertQuiet,
  call,
  faulty,
  rejection,
} from "./harness.mjs";
import { refusedUrl } from "./server.mjs";
import * as steps from "./steps.mjs";
import { NODE_ONLY, TABLE } from "./table.mjs";

/**
 * @typedef {import("./harness.mjs").Session} Session
 */

const { ACTIVE, PENDING, SESSION_ID } = steps;
const ROWS = [...TABLE, ...NODE_ONLY];

describe("the table of faults", { concurrency: 16 }, () => {
  ROWS.filter(({ heavy }) => !heavy).forEach(walk);
});

describe("the heavy part of the table", () => {
  ROWS.filter(({ heavy }) => heavy).forEach(walk);
});

/** A row of the table, by both operations. @param {import("./table.mjs").Row} row */
function walk(row) {
  // Long enough for a good answer on a busy machine.
  const quick = { maxRetries: 1, ...(row.stalls && { requestTimeoutMs: 250 }) };

  test(`a poll and ${row.name}`, async (t) => {
    const server = await faulty(t);
    const { signal } = new AbortController();
    const options = { ...quick, signal };
    if (row.poll === "ok") {
      server.script([row.step()]);
      assertSession(await call("poll", server.url, options));
      assert.equal(server.requests.length, 1);
    } else if (row.poll.survives) {
      server.script([row.step(), steps.json(ACTIVE)]);
      assert.deepEqual(await call("poll", server.url, options), ACTIVE);
      assert.equal(server.requests.length, 2);

      server.script(() => row.step());
      const error = await rejection(call("poll", server.url, options));
      assertFailure(error, row.poll);
      assert.equal(error.attempts, 2);
      assert.equal(error.sessionId, SESSION_ID);
      assert.equal(server.requests.length, 4);
    } else {
      server.script([row.step(), steps.json(ACTIVE)]);
      const error = await rejection(call("poll", server.url, options));
      assertFailure(error, row.poll);
      assert.equal(error.attempts, 1);
      assert.equal(error.sessionId, SESSION_ID);
      await assertQuiet(server, 1);
    }
    assertNoListeners(signal);
  });

  test(`a create and ${row.name}`, async (t) => {
    const server = await faulty(t);
    const { signal } = new AbortController();
    const options = { ...quick, signal };
    server.script(() => row.step());
    if (row.create === "ok") {
      const session = await call("create", server.url, options);
      assert.equal(session.status, "active");
      assert.equal(server.requests.length, 1);
    } else {
      const sent = row.create.resent ? 2 : 1;
      const error = await rejection(call("create", server.url, options));
      assertFailure(error, row.create);
      assert.equal(error.attempts, sent);
      await assertQuiet(server, sent);
    }
    assertNoListeners(signal);
  });
}

/** That a session of the table arrived, whatever was odd about it. @param {Session} session */
function assertSession(session) {
  const {
    odd,
    huge,
    deep,
    toString: _,
    constructor: __,
    then: ___,
    ...rest
  } = /** @type {Record<string, unknown>} */ (session);
  const { id, status, ...documented } = rest;
  assert.deepEqual({ id, status }, { id: SESSION_ID, status: "active" });
  if (Object.keys(documented).length > 0) assert.deepEqual(rest, ACTIVE);
  // Each byte that fits nothing becomes one replacement character.
  if (odd !== undefined) assert.equal(odd, "\uFFFD\uFFFD(\uFFFD\uFFFD\uFFFD\uFFFD");
  if (typeof huge === "string") assert.equal(huge.length, 20 * 2 ** 20);
  if (deep !== undefined) {
    let depth = 1;
    for (let at = deep; Array.isArray(at) && at.length > 0; at = at[0]) depth += 1;
    assert.equal(depth, 10_000);
  }
}

describe("beside the table", { concurrency: 8 }, () => {
  for (const operation of OPERATIONS) {
    test(`a ${operation} and a refused connection`, async () => {
      const url = await refusedUrl();
      const error = await rejection(call(operation, url, { maxRetries: 1 }));
      assertFailure(error, { code: "network" });
      assert.ok(error.cause instanceof Error);
    });
  }

  test("one good answer resets the count of failures", async (t) => {
    const server = await faulty(t);
    const [bad, good] = [steps.status(503), steps.json(PENDING)];
    server.script([bad, good, steps.resetMidBody(), good, steps.html200(), good, bad, steps.json(ACTIVE)]); // prettier-ignore
    assert.deepEqual(await call("poll", server.url, { maxRetries: 1 }), ACTIVE);
    assert.equal(server.requests.length, 8);
  });

  test("retries of any length never spin", async (t) => {
    const server = await faulty(t);
    server.script(() => steps.status(503, { retryAfter: "0" }));
    const error = await rejection(
      call("poll", server.url, { intervalMs: 20, maxIntervalMs: 20, maxRetries: 1e9, timeoutMs: 500 }), // prettier-ignore
    );
    assertFailure(error, { code: "timeout" });
    assert.ok(server.requests.length <= 500 / 20 + 2, `${server.requests.length} requests`);
  });

  test("an unknown status keeps the normal pace", async (t) => {
    const server = await faulty(t);
    server.script(() => steps.json(steps.session("pondering")));
    const error = await rejection(
      call("poll", server.url, { intervalMs: 20, maxIntervalMs: 40, timeoutMs: 500 }),
    );
    assertFailure(error, { code: "timeout" });
    assert.equal(error.lastSession?.status, "pondering");
    const count = server.requests.length;
    assert.ok(count >= 5 && count <= 500 / 20 + 2, `${count} requests`);
  });
});
