// @ts-check
// An abort takes effect within one turn of the event loop, in every state of a call. Rules: 4.
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { OPERATIONS, REPEATED } from "../support/operations.mjs";
import {
  BASE_URL,
  call,
  client,
  collectErrors,
  never,
  pkg,
  rejection,
  session,
  turn,
  until,
} from "./harness.mjs";

/** A body that stalls after its first byte. */
const stalled = () =>
  new Response(new ReadableStream({ start: (body) => body.enqueue(new Uint8Array([123])) }));

/**
 * The states of a call. None of the replacements for `fetch` listens to its signal.
 * @type {Record<string, { operations?: typeof OPERATIONS, respond?: () => any, options?: any, sent?: number }>}
 */
const STATES = {
  "while the key function is pending": { options: { apiKey: never }, sent: 0 },
  "while a request is in flight": { respond: never },
  "while a body is in flight": { respond: stalled },
  "while a poll pauses": {
    operations: OPERATIONS.filter(({ name }) => name === "pollSession"),
    respond: () => session("finding_sources"),
  },
  "while a call pauses after a failure": {
    operations: REPEATED,
    respond: () => new Response("", { status: 503, headers: { "retry-after": "30" } }),
  },
  "while a call pauses after a 429": {
    respond: () => new Response("", { status: 429, headers: { "retry-after": "30" } }),
  },
};

for (const [
  state,
  { operations = OPERATIONS, respond = never, options, sent = 1 },
] of Object.entries(STATES)) {
  test(`an abort ${state} takes effect within one turn`, async () => {
    for (const operation of operations) {
      const { chat, requests } = client(respond, options);
      const controller = new AbortController();
      const errors = collectErrors([
        call(chat, operation, {
          signal: controller.signal,
          ...(operation.name === "pollSession" && { intervalMs: 60_000 }),
        }),
      ]);
      await until(() => requests.length === sent, `the request of ${operation.name}`);
      for (let turns = 0; turns < 10; turns++) await turn();
      assert.deepEqual(errors, [], operation.name);
      controller.abort("enough");
      await turn();
      assert.deepEqual(
        errors.map(({ code, cause, attempts }) => [code, cause, attempts]),
        [["aborted", "enough", sent]],
        operation.name,
      );
      assert.equal(getEventListeners(controller.signal, "abort").length, 0, operation.name);
    }
  });
}

test("a signal that was aborted before the call prevents any request", async () => {
  let keys = 0;
  const { chat, requests } = client(() => session(), { apiKey: () => `key ${++keys}` });
  const signal = AbortSignal.abort("before");
  const errors = collectErrors(OPERATIONS.map((operation) => call(chat, operation, { signal })));
  await turn();
  assert.deepEqual(
    errors.map(({ code, cause, attempts }) => [code, cause, attempts]),
    OPERATIONS.map(() => ["aborted", "before", 0]),
  );
  for (const { message } of errors) assert.match(message, /nothing was sent/);
  assert.deepEqual([keys, requests.length], [0, 0]);
});

test("an abort of an ask ends its create and its poll", async () => {
  for (const [polls, sent] of [
    [false, 1],
    [true, 2],
  ]) {
    const { chat, requests } = client((_, { method }) =>
      polls && method === "POST" ? session("finding_sources") : never(),
    );
    const controller = new AbortController();
    const errors = collectErrors([chat.ask("?", { signal: controller.signal })]);
    await until(() => requests.length === sent, "the request");
    controller.abort("enough");
    await turn();
    assert.deepEqual(
      errors.map(({ code, cause, attempts, sessionId }) => [code, cause, attempts, sessionId]),
      [["aborted", "enough", sent, polls ? 7 : undefined]],
    );
  }
});

test("an abort between two pages of a list ends the iteration", async () => {
  const { chat, requests } = client((url) => {
    const page = Number(new URL(url).searchParams.get("page") ?? 1);
    return Response.json({
      data: [{ id: page, status: "active" }],
      pagination: { page, has_next: true },
    });
  });
  const controller = new AbortController();
  /** @type {number[]} */
  const ids = [];
  const listing = (async () => {
    for await (const { id } of chat.listSessions({}, { signal: controller.signal })) {
      ids.push(id);
      if (id === 2) controller.abort("enough");
    }
  })();
  const error = await rejection(listing);
  assert.deepEqual([error.code, error.cause], ["aborted", "enough"]);
  assert.deepEqual(ids, [1, 2]);
  assert.equal(requests.length, 2);
});

test("an abort while a page has unread sessions ends the iteration at the next one", async () => {
  const { chat } = client(() =>
    Response.json({ data: [1, 2, 3].map((id) => ({ id, status: "active" })) }),
  );
  const controller = new AbortController();
  const sessions = chat.listSessions({}, { signal: controller.signal })[Symbol.asyncIterator]();
  assert.equal((await sessions.next()).value.id, 1);
  controller.abort("enough");
  const error = await rejection(sessions.next());
  assert.deepEqual([error.code, error.cause], ["aborted", "enough"]);
});

test("the signal of a plain function ends its call", async () => {
  const controller = new AbortController();
  const options = { baseUrl: BASE_URL, fetch: never, signal: controller.signal };
  const errors = collectErrors(OPERATIONS.map(({ name, args }) => pkg[name](...args(7), options)));
  await turn();
  controller.abort("enough");
  await turn();
  assert.deepEqual(
    errors.map(({ code }) => code),
    OPERATIONS.map(() => "aborted"),
  );
});

test("an abort with an unreadable reason has that reason as its cause", async () => {
  const reason = new Proxy(
    {},
    {
      get() {
        throw new Error("unreadable");
      },
    },
  );
  const abort = new AbortController();
  const { chat } = client(never);
  const ended = rejection(chat.getSession(7, { signal: abort.signal }));
  await turn();
  abort.abort(reason);
  const error = await ended;
  assert.equal(error.code, "aborted");
  assert.ok(error.cause === reason);
});
