// @ts-check
// `ask` and the table of faults: in its create or prompt, and in its poll. Each part behaves like its operation.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { operation } from "../support/operations.mjs";
import {
  AieraChat,
  KEY,
  LONG,
  QUICK,
  ask,
  assertClosed,
  assertFailure,
  assertNoListeners,
  assertQuiet,
  faulty,
  rejection,
  soon,
  startClock,
  turn,
  warmUp,
} from "./harness.mjs";
import * as steps from "./steps.mjs";
import { NODE_ONLY, OTHER_SESSION, TABLE, outcomeOf } from "./table.mjs";

/**
 * @typedef {import("./harness.mjs").Session} Session
 * @typedef {import("./server.mjs").FaultServer} FaultServer
 * @typedef {import("./table.mjs").Row} Row
 */

const { ACTIVE, ANSWERED, CREATED, PENDING, PROMPT, SESSION_ID } = steps;

before(warmUp);

/**
 * The forms of an ask: the operation that begins it, and its payload.
 * @type {Record<string, { first: import("../support/operations.mjs").OperationName, payload: any, options: object }>}
 */
const FORMS = {
  "an ask": { first: "createSession", payload: CREATED, options: {} },
  "a follow-up": { first: "sendPrompt", payload: PROMPT, options: { session: SESSION_ID } },
};

/** @param {FaultServer} server @param {object} options */
const askOf = (server, options) =>
  ask("And the margins?", { apiKey: KEY, baseUrl: server.url, ...QUICK, ...options });

/**
 * Responds to the first part of an ask with `first`, and to its poll with `polls`, repeating the last.
 * @param {FaultServer} server
 * @param {() => steps.Step} first
 * @param {(() => steps.Step)[]} polls
 */
function script(server, first, ...polls) {
  let polled = 0;
  server.script(({ method }) => {
    if (method === "POST") return first();
    return (polls[Math.min(polled++, polls.length - 1)] ?? assert.fail("an unexpected poll"))();
  });
}

const answered = () => steps.json(ANSWERED);

describe("asks and the table of faults", { concurrency: 32 }, () => {
  const rows = [...TABLE, ...NODE_ONLY].filter(({ heavy }) => !heavy);
  for (const [form, { first, payload, options }] of Object.entries(FORMS)) {
    for (const row of rows) {
      const quick = { maxRetries: 1, ...options, ...(row.stalls && { requestTimeoutMs: 1_500 }) };
      const patient = row.stalls ? { ...quick, maxRetries: 100 } : quick;

      const outcome = outcomeOf(row, operation(first));
      if (outcome !== "ok") {
        test(`${form} has the outcome of the table after ${row.name} to its ${first}`, async (t) => {
          const server = await faulty(t);
          const { signal } = new AbortController();
          script(server, () => row.step({ full: payload, least: payload }));
          const error = await rejection(askOf(server, { ...quick, signal }));
          assertFailure(error, outcome);
          const sent = outcome.resent ? 2 : 1;
          assert.equal(error.attempts, sent);
          await assertQuiet(server, sent);
          assertNoListeners(signal);
        });
      }

      const polled = outcomeOf(row, operation("pollSession"));
      test(`${form} has the outcome of the table after ${row.name} to its poll`, async (t) => {
        const server = await faulty(t);
        const { signal } = new AbortController();
        const step = () => row.step({ full: ANSWERED, least: ANSWERED });
        script(server, () => steps.json(payload), step, answered);
        if (polled === "ok" || polled.survives) {
          const answer = await askOf(server, { ...patient, signal });
          assert.equal(answer.text, "12 %");
          assert.deepEqual([answer.sessionId, answer.promptId], [SESSION_ID, PROMPT.id]);
        } else {
          const error = await rejection(askOf(server, { ...quick, signal }));
          assertFailure(error, polled);
          assert.equal(error.attempts, 2);
          assert.equal(error.sessionId, SESSION_ID);
          if (first === "createSession") assert.deepEqual(error.lastSession, CREATED);
        }
        const posts = server.requests.filter(({ method }) => method === "POST");
        assert.equal(posts.length, 1);
        assertNoListeners(signal);
      });
    }

    test(`the error of ${form} whose poll keeps failing has the session`, async (t) => {
      const server = await faulty(t);
      script(server, () => steps.json(payload), () => steps.json(PENDING), () => steps.status(503)); // prettier-ignore
      const error = await rejection(askOf(server, { maxRetries: 1, ...options }));
      assertFailure(error, { code: "http", status: 503 });
      assert.deepEqual([error.sessionId, error.attempts], [SESSION_ID, 4]);
      assert.deepEqual(error.lastSession, PENDING);
    });
  }

  test("an ask fails if its poll returns another session", async (t) => {
    const server = await faulty(t);
    script(server, () => steps.json(CREATED), () => OTHER_SESSION.step({ full: 0, least: 0 })); // prettier-ignore
    assertFailure(await rejection(askOf(server, { maxRetries: 1 })), { code: "decode" });
  });
});

describe("asks", { concurrency: 16 }, () => {
  for (const [form, { first, payload, options }] of Object.entries(FORMS)) {
    test(`a deadline bounds both parts of ${form}`, async (t) => {
      const server = await faulty(t);
      script(server, () => steps.late(200, steps.json(payload)), steps.stallMidBody);
      const assertOnTime = startClock(900);
      const promise = askOf(server, { ...options, timeoutMs: 900 });
      await assertOnTime(promise);
      const error = await rejection(promise);
      assertFailure(error, { code: "timeout" });
      assert.ok(Number(error.elapsedMs) >= 895);
      assert.equal(error.sessionId, SESSION_ID);
      await assertClosed(server, 2);
    });

    test(`a deadline in the first part of ${form} leaves its outcome unknown`, async (t) => {
      const server = await faulty(t);
      script(server, steps.stallMidBody);
      const error = await rejection(askOf(server, { ...options, timeoutMs: 500 }));
      const { unknown = "" } = operation(first);
      assertFailure(error, { code: unknown, cause: "timeout" });
      await assertClosed(server, 1);
      await assertQuiet(server, 1);
    });

    for (const [part, steps_, sent] of /** @type {[string, (() => steps.Step)[], number][]} */ ([
      [`its ${first}`, [steps.stallMidBody], 1],
      ["a request of its poll", [() => steps.json(payload), steps.stallMidBody], 2],
      ["a pause of its poll", [() => steps.json(payload), () => steps.json(PENDING)], 2],
    ])) {
      test(`an abort of ${form} in ${part} takes effect within one turn`, async (t) => {
        const server = await faulty(t);
        const [start = assert.fail(), ...polls] = steps_;
        script(server, start, ...polls);
        const controller = new AbortController();
        const { signal } = controller;
        const promise = askOf(server, { ...options, ...LONG, signal });
        let isSettled = false;
        promise.catch(() => (isSettled = true));
        await soon(server.received(sent), "the request");
        await sleep(30); // for the response to arrive
        controller.abort("enough");
        await turn();
        assert.ok(isSettled);
        const error = await rejection(promise);
        assertFailure(error, { code: "aborted" });
        assert.deepEqual([error.cause, error.attempts], ["enough", sent]);
        assertNoListeners(signal);
        await assertQuiet(server, sent);
      });
    }

    test(`${form} ends if its session failed or was deleted`, async (t) => {
      const server = await faulty(t);
      for (const status of ["finding_sources_error", "generating_response_error", "deleted"]) {
        const failed = { ...steps.session(status), messages: [PROMPT] };
        script(server, () => steps.json(payload), () => steps.json(PENDING), () => steps.json(failed)); // prettier-ignore
        const error = await rejection(askOf(server, options));
        assertFailure(error, { code: "session_failed" });
        assert.deepEqual(error.lastSession, failed);
      }
      script(server, () => steps.json(payload), () => steps.json(PENDING), () => steps.status(404)); // prettier-ignore
      const error = await rejection(askOf(server, options));
      assertFailure(error, { code: "http", status: 404 });
      assert.deepEqual(error.lastSession, PENDING);
    });
  }

  test("an ask rejects with no_answer if the finished session has no response", async (t) => {
    const server = await faulty(t);
    script(server, () => steps.json({ ...CREATED, initial_prompt: undefined }), () => steps.json(ACTIVE)); // prettier-ignore
    const error = await rejection(askOf(server, {}));
    assertFailure(error, { code: "no_answer" });
    assert.deepEqual(error.lastSession, ACTIVE);
    assert.deepEqual([error.sessionId, error.attempts], [SESSION_ID, 2]);
  });

  test("onCreated receives the session before the first poll, and is not called for a follow-up", async (t) => {
    const server = await faulty(t);
    for (const { payload, options } of Object.values(FORMS)) {
      script(server, () => steps.json(payload), answered);
      /** @type {[Session, number][]} */
      const created = [];
      const before = server.requests.length;
      const onCreated = (/** @type {Session} */ session) =>
        created.push([session, server.requests.length - before]);
      await askOf(server, { ...options, onCreated });
      assert.deepEqual(created, payload === CREATED ? [[CREATED, 1]] : []);
    }
  });

  test("two asks of one client in one session run one after the other, for any outcome of the first", async (t) => {
    const server = await faulty(t);
    const chat = new AieraChat({ apiKey: KEY, baseUrl: server.url });
    const options = { ...QUICK, session: SESSION_ID };
    for (const first of [() => steps.json(PROMPT), () => steps.status(400), steps.resetMidBody]) {
      let isFirst = true;
      let isPolled = false;
      const before = server.requests.length;
      server.script(({ method }) => {
        if (method === "POST" && isFirst) {
          isFirst = false;
          return steps.late(50, first());
        }
        if (method === "GET") isPolled = true;
        return method === "POST" ? steps.json(PROMPT) : steps.late(50, answered());
      });
      const asks = [chat.ask("first", options), chat.ask("second", options)];
      const [, second] = await Promise.allSettled(asks);
      assert.equal(second?.status, "fulfilled");
      assert.ok(isPolled);
      const sent = server.requests.slice(before);
      const bodies = sent.filter(({ method }) => method === "POST").map(({ body }) => JSON.parse(body).content); // prettier-ignore
      assert.deepEqual(bodies, ["first", "second"]);
      const at = sent.findIndex(({ body }) => body.includes("second"));
      const gets = sent.slice(0, at).filter(({ method }) => method === "GET");
      assert.equal(gets.length > 0, first() .name === "json", "the second ask waits for the end of the first"); // prettier-ignore
    }
  });

  test("a signal and a deadline end an ask that waits for another", async (t) => {
    const server = await faulty(t);
    server.script([steps.stallBeforeHeaders()]);
    const chat = new AieraChat({ apiKey: KEY, baseUrl: server.url });
    const leave = new AbortController();
    const first = chat.ask("first", { ...QUICK, session: SESSION_ID, signal: leave.signal });
    first.catch(() => {});
    const controller = new AbortController();
    const aborted = chat.ask("2", { ...QUICK, session: SESSION_ID, signal: controller.signal });
    const late = chat.ask("3", { ...QUICK, session: SESSION_ID, timeoutMs: 200 });
    await server.received(1);
    controller.abort("enough");
    const [one, other] = await Promise.all([rejection(aborted), rejection(late)]);
    assertFailure(one, { code: "aborted" });
    assertFailure(other, { code: "timeout" });
    assert.deepEqual([one.attempts, other.attempts, other.retryable], [0, 0, true]);
    leave.abort();
    await assertQuiet(server, 1);
  });
});
