// @ts-check
// The fields of errors and events.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import {
  AieraChat,
  AieraChatError,
  KEY,
  OPERATIONS,
  QUICK,
  assertFailure,
  assertQuiet,
  call,
  faulty,
  rejection,
} from "./harness.mjs";
import * as steps from "./steps.mjs";

/**
 * @typedef {import("./harness.mjs").PollEvent} PollEvent
 */

const { ACTIVE, PENDING, SESSION_ID } = steps;

describe("errors", { concurrency: 8 }, () => {
  test("an error has the last session, its id, the number of exchanges and the elapsed time", async (t) => {
    const server = await faulty(t);
    server.script([steps.json(PENDING), steps.late(50, steps.status(404, { body: { error: "no such session" } }))]); // prettier-ignore
    const error = await rejection(call("pollSession", server.url));
    assertFailure(error, { code: "http", status: 404 });
    assert.deepEqual(error.lastSession, PENDING);
    assert.equal(error.sessionId, SESSION_ID);
    assert.equal(error.attempts, 2);
    assert.ok((error.elapsedMs ?? 0) >= 50);
    assert.equal(error.body, '{"error":"no such session"}');
    assert.match(error.message, /no such session/);
  });

  test("the last session of an error is at first the one that was passed", async (t) => {
    const server = await faulty(t);
    server.script([steps.status(404)]);
    const chat = new AieraChat({ apiKey: KEY, baseUrl: server.url });
    const paid = { ...PENDING, mine: true };
    assert.equal((await rejection(chat.pollSession(paid))).lastSession, paid);
    const byId = await rejection(chat.pollSession("2229"));
    assert.equal(byId.lastSession, undefined);
    assert.equal(byId.sessionId, SESSION_ID);
  });

  for (const status of ["finding_sources_error", "generating_response_error", "deleted"]) {
    test(`the error of a session that ended as ${status} has the session`, async (t) => {
      const server = await faulty(t);
      server.script([steps.json(PENDING), steps.json(steps.session(status))]);
      const error = await rejection(call("pollSession", server.url));
      assertFailure(error, { code: "session_failed" });
      assert.deepEqual(error.lastSession, steps.session(status));
      await assertQuiet(server, 2);
    });
  }

  for (const header of ["X-Request-Id", "Request-Id", "X-Amzn-RequestId"]) {
    test(`the request id is read from ${header}`, async (t) => {
      const server = await faulty(t);
      server.script(() => steps.status(404, { headers: [[header, "req-77"]] }));
      for (const { name } of OPERATIONS) {
        assert.equal((await rejection(call(name, server.url))).requestId, "req-77");
      }
    });
  }

  for (const [message, body] of /** @type {[RegExp, unknown][]} */ ([
    [/content is required/, { error: "content is required" }],
    [/Missing Authentication Token/, { message: "Missing Authentication Token" }],
    [/not like this/, { detail: "not like this" }],
    [/all of it went wrong/, { error: 42, name: "Oops", description: "all of it went wrong" }],
    [/42/, { error: 42 }],
    [/deep inside/, { error: { message: "deep inside" } }],
    [/Service moved/, "<html><head><title>Service moved</title></head></html>"],
    [/plainly no/, "plainly no"],
    [/404/, ""],
    [/404/, "null"],
    [/404/, { error: null, message: [], detail: {} }],
  ])) {
    test(`the server's message is found in ${inspect(body)}`, async (t) => {
      const server = await faulty(t);
      server.script(() => steps.status(404, { body }));
      for (const { name } of OPERATIONS) {
        assert.match((await rejection(call(name, server.url))).message, message);
      }
    });
  }

  test("an error has at most 2 KiB of the body, cut between characters", async (t) => {
    const server = await faulty(t);
    server.script(() => steps.status(404, { body: `x${"\u{1F600}".repeat(50_000)}` }));
    for (const { name } of OPERATIONS) {
      const { body = "" } = await rejection(call(name, server.url));
      assert.ok(Buffer.byteLength(body) <= 2_048 && Buffer.byteLength(body) > 1_900);
      assert.ok(!/[\uFFFD]/.test(Buffer.from(body).toString()), "cut within a character");
    }
  });

  test("a poll has one event per exchange", async (t) => {
    const server = await faulty(t);
    server.script([steps.json(PENDING), steps.status(502), steps.resetMidBody(), steps.html200(), steps.json(ACTIVE)]); // prettier-ignore
    /** @type {PollEvent[]} */
    const events = [];
    await call("pollSession", server.url, {
      onPoll: (/** @type {PollEvent} */ e) => events.push(e),
    });
    assert.deepEqual(
      events.map(({ attempt, httpStatus, sessionStatus, reason }) => [attempt, httpStatus, sessionStatus, reason]), // prettier-ignore
      [
        [1, 200, "finding_sources", "interval"],
        [2, 502, undefined, "backoff"],
        [3, events[2]?.httpStatus, undefined, "backoff"], // the status is optional, since the body was lost
        [4, 200, undefined, "backoff"],
        [5, 200, "active", "done"],
      ],
    );
    for (const event of events.slice(1, 4)) assert.ok(event.error instanceof AieraChatError);
    for (const event of events.slice(0, 4)) assert.ok((event.nextDelayMs ?? 0) >= QUICK.intervalMs);
  });
});
