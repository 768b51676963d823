// @ts-check
// Waiters on one session share one stream of requests. Rules: 7.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  AieraChat,
  KEY,
  LONG,
  QUICK,
  assertClosed,
  assertFailure,
  assertNoListeners,
  assertQuiet,
  faulty,
  rejection,
  soon,
  startClock,
  warmUp,
  watchSession,
} from "./harness.mjs";
import * as steps from "./steps.mjs";

/**
 * @typedef {import("./harness.mjs").FaultServer} FaultServer
 * @typedef {import("./harness.mjs").Session} Session
 */

const { ACTIVE, PENDING, SESSION_ID } = steps;

before(warmUp);

describe("waiters on one session", { concurrency: 8 }, () => {
  /** @param {FaultServer} server */
  const client = (server) => new AieraChat({ apiKey: KEY, baseUrl: server.url });

  test("waiters share one stream of requests", async (t) => {
    const server = await faulty(t);
    server.script([PENDING, steps.session("generating_response"), ACTIVE].map((s) => steps.late(40, steps.json(s)))); // prettier-ignore
    const chat = client(server);
    const all = Array.from({ length: 20 }, () => /** @type {string[]} */ ([]));
    const forms = [SESSION_ID, "2229", BigInt(SESSION_ID), PENDING, { id: SESSION_ID }];
    const results = await Promise.all(
      all.map((statuses, i) =>
        chat.pollSession(forms[i % forms.length], {
          ...QUICK,
          onUpdate: (/** @type {Session} */ s) => statuses.push(s.status),
        }),
      ),
    );
    assert.equal(server.requests.length, 3);
    for (const session of results) assert.deepEqual(session, ACTIVE);
    for (const statuses of all) {
      assert.deepEqual(statuses, ["finding_sources", "generating_response", "active"]);
    }
  });

  test("waiters leave one by one, and the last to leave stops the requests", async (t) => {
    const server = await faulty(t);
    server.script([steps.stallMidBody()]);
    const chat = client(server);
    const [first, second] = [new AbortController(), new AbortController()];
    const one = chat.pollSession(SESSION_ID, { ...QUICK, signal: first.signal });
    const two = chat.pollSession(SESSION_ID, { ...QUICK, signal: second.signal });
    const failures = [rejection(one), rejection(two)];
    const request = await server.received(1);
    await sleep(30);
    first.abort("one");
    assert.equal((await failures[0])?.cause, "one");
    await sleep(50);
    assert.equal(request.socketClosedAt, undefined);
    second.abort("two");
    assert.equal((await failures[1])?.cause, "two");
    await soon(request.gone, "the closed connection");
    await assertQuiet(server, 1);
    assertNoListeners(first.signal);
    assertNoListeners(second.signal);
  });

  test("each waiter has its own deadline", async (t) => {
    const server = await faulty(t);
    server.script([steps.late(600, steps.json(ACTIVE))]);
    const chat = client(server);
    const impatient = [100, 250, 400].map(async (timeoutMs) => {
      const assertOnTime = startClock(timeoutMs);
      const promise = chat.pollSession(SESSION_ID, { ...QUICK, timeoutMs });
      await assertOnTime(promise);
      assertFailure(await rejection(promise), { code: "timeout" });
    });
    const patient = chat.pollSession(SESSION_ID, QUICK);
    await Promise.all(impatient);
    assert.deepEqual(await patient, ACTIVE);
    assert.equal(server.requests.length, 1);
    assert.equal(server.requests[0]?.socketClosedAt, undefined);
  });

  test("a late waiter is notified of the newest state at once", async (t) => {
    const server = await faulty(t);
    server.script([steps.json(PENDING), steps.late(300, steps.json(ACTIVE))]);
    const chat = client(server);
    const first = chat.pollSession(SESSION_ID, QUICK);
    await server.received(2);
    /** @type {string[]} */
    const statuses = [];
    const second = chat.pollSession(SESSION_ID, {
      ...QUICK,
      onUpdate: (/** @type {Session} */ s) => statuses.push(s.status),
    });
    await sleep(50);
    assert.deepEqual(statuses, ["finding_sources"]);
    assert.deepEqual(await Promise.all([first, second]), [ACTIVE, ACTIVE]);
    assert.deepEqual(statuses, ["finding_sources", "active"]);
    assert.equal(server.requests.length, 2);
  });

  test("a waiter that joins while the others settle sends its own request", async (t) => {
    const server = await faulty(t);
    server.script([steps.json(ACTIVE), steps.json(ACTIVE)]);
    const chat = client(server);
    /** @type {string[]} */
    const statuses = [];
    const third = new Promise((resolve) => {
      const onUpdate = () =>
        resolve(
          chat.pollSession(SESSION_ID, {
            ...QUICK,
            onUpdate: (/** @type {Session} */ s) => statuses.push(s.status),
          }),
        );
      for (const options of [{ ...QUICK, onUpdate }, QUICK]) {
        chat.pollSession(SESSION_ID, options).catch(resolve);
      }
    });
    // The second waiter was notified of an equal session, the third was not.
    assert.deepEqual(await soon(third, "the third"), ACTIVE);
    assert.deepEqual(statuses, ["active"]);
    assert.equal(server.requests.length, 2);
  });

  test("the most eager waiter sets the pace", async (t) => {
    const server = await faulty(t);
    server.script([steps.json(PENDING), steps.json(PENDING), steps.json(ACTIVE)]);
    const chat = client(server);
    const calm = chat.pollSession(SESSION_ID, LONG);
    await server.received(1);
    await sleep(30);
    const eager = chat.pollSession(SESSION_ID, QUICK);
    assert.deepEqual(await soon(Promise.all([calm, eager]), "the eager pace"), [ACTIVE, ACTIVE]);
  });

  test("every waiter is notified of a failure", async (t) => {
    const server = await faulty(t);
    server.script([steps.late(30, steps.status(404))]);
    const chat = client(server);
    const errors = await Promise.all([1, 2, 3].map(() => rejection(chat.pollSession(SESSION_ID))));
    for (const error of errors) assertFailure(error, { code: "http", status: 404 });
    assert.equal(server.requests.length, 1);
  });

  test("waiters of two clients, or on two sessions, do not share requests", async (t) => {
    const server = await faulty(t);
    server.script(
      (request) =>
      steps.late(30, steps.json({ ...ACTIVE, id: Number(/\d+/.exec(request.target.split("sessions/")[1] ?? "")) })), // prettier-ignore
    );
    const [one, two] = [client(server), client(server)];
    const sessions = await Promise.all([
      one.pollSession(1),
      two.pollSession(1),
      one.pollSession(2),
    ]);
    assert.deepEqual(sessions.map(({ id }) => id), [1, 1, 2]); // prettier-ignore
    assert.equal(server.requests.length, 3);
  });

  test("a watch shares the requests, and leaving its loop stops them", async (t) => {
    const server = await faulty(t);
    server.script([steps.json(PENDING), steps.stallMidBody()]);
    const chat = client(server);
    for await (const session of chat.watchSession(SESSION_ID, QUICK)) {
      assert.deepEqual(session, PENDING);
      await soon(server.received(2), "the next request, while the reader is slow");
      break;
    }
    await assertClosed(server, 2);
    await assertQuiet(server, 2);
  });

  test("a watch by the plain function yields every state, survives faults and ends", async (t) => {
    const server = await faulty(t);
    server.script([steps.json(PENDING), steps.resetMidBody(), steps.json(ACTIVE)]);
    const statuses = [];
    const options = { apiKey: KEY, baseUrl: server.url, ...QUICK };
    for await (const session of watchSession(SESSION_ID, options)) statuses.push(session.status);
    assert.deepEqual(statuses, ["finding_sources", "active"]);
  });
});
