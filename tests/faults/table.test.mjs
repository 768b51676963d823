// @ts-check
// Every operation with every fault of the table, in Node. table.mjs has the right outcomes. Rules: 1, 2.

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
import { SESSION_ID, json } from "./steps.mjs";
import { NODE_ONLY, OTHER_SESSION, SAMPLES, TABLE, outcomeOf } from "./table.mjs";

/**
 * @typedef {import("./table.mjs").Row} Row
 * @typedef {import("./harness.mjs").Operation} Operation
 */

const ROWS = [...TABLE, ...NODE_ONLY];

/** @param {Operation} operation */
const hasSession = ({ target }) => target(SESSION_ID).includes(String(SESSION_ID));

describe("the table of faults", { concurrency: 64 }, () => {
  for (const row of ROWS.filter(({ heavy }) => !heavy)) {
    for (const operation of OPERATIONS) walk(row, operation);
  }
  for (const operation of OPERATIONS) {
    if (operation.payload === "session" && hasSession(operation)) walk(OTHER_SESSION, operation);
  }
});

describe("the heavy part of the table", () => {
  for (const row of ROWS.filter(({ heavy }) => heavy)) {
    for (const operation of OPERATIONS) walk(row, operation);
  }
});

/** @param {Row} row @param {Operation} operation */
function walk(row, operation) {
  const { name, payload } = operation;
  const sample = SAMPLES[payload];
  const outcome = outcomeOf(row, operation);

  test(`${name} has the outcome of the table after ${row.name}`, async (t) => {
    const server = await faulty(t);
    const { signal } = new AbortController();
    const options = { maxRetries: 1, signal, ...(row.stalls && { requestTimeoutMs: 250 }) };
    const failure = async () => {
      const error = await rejection(call(name, server.url, options));
      assertFailure(error, /** @type {any} */ (outcome));
      assert.equal(error.sessionId, hasSession(operation) ? SESSION_ID : undefined);
      return error;
    };
    if (outcome === "ok") {
      server.script([row.step(sample)]);
      assertPayload(await call(name, server.url, options), payload);
      assert.equal(server.requests.length, 1);
    } else if (outcome.survives) {
      server.script([row.step(sample), json(sample.full)]);
      // On a busy machine, a good response may also take longer than the short requestTimeoutMs of a stall.
      const patient = row.stalls ? { ...options, maxRetries: 100 } : options;
      assertPayload(await call(name, server.url, patient), payload);
      const sent = server.requests.length;
      assert.ok(row.stalls ? sent >= 2 : sent === 2, `${sent} requests`);

      server.script(() => row.step(sample));
      assert.equal((await failure()).attempts, 2);
      assert.equal(server.requests.length, sent + 2);
    } else {
      const sent = outcome.resent ? 2 : 1;
      server.script(() => row.step(sample));
      assert.equal((await failure()).attempts, sent);
      await assertQuiet(server, sent);
    }
    assertNoListeners(signal);
  });
}

/**
 * Asserts that the payload equals the sent one.
 * @param {any} result
 * @param {import("./table.mjs").Payload} payload
 */
function assertPayload(result, payload) {
  if (payload === "confirmation") {
    assert.equal(result, undefined);
    return;
  }
  const { full, least } = SAMPLES[payload];
  const isFull = Object.keys(full).every((name) => name in result);
  const sent = isFull ? full : payload === "session" ? least : {};
  for (const [name, value] of Object.entries(sent)) assert.deepEqual(result[name], value, name);
  const { invalid, huge, deep } = result;
  // Each invalid byte becomes one replacement character.
  if (invalid !== undefined) assert.equal(invalid, "\uFFFD\uFFFD(\uFFFD\uFFFD\uFFFD\uFFFD");
  if (huge !== undefined) assert.equal(huge.length, 20 * 2 ** 20);
  if (deep !== undefined) {
    let depth = 1;
    for (let at = deep; Array.isArray(at) && at.length > 0; at = at[0]) depth += 1;
    assert.equal(depth, 10_000);
  }
}
