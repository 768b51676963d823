// @ts-check
// Arbitrary responses: random statuses, headers and bodies, mutated from a corpus (tests/fixtures/responses, which has every
// body that once revealed a bug). A call settles once, with a fitting code, and no error holds the key.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { OPERATIONS } from "../support/operations.mjs";
import {
  call,
  client,
  everythingIn,
  KEY,
  PAYLOADS,
  pkg,
  rejection,
  session,
  SESSION_ID,
} from "./harness.mjs";

const { AieraChatError } = pkg;

const FOLDER = new URL("../fixtures/responses/", import.meta.url);
const CORPUS = readdirSync(FOLDER).map(
  (name) => new Uint8Array(readFileSync(new URL(name, FOLDER))),
);

/** The codes that a call without retries may end in. */
const REPEATED_CODES = ["http", "redirected", "decode", "session_failed", "timeout"];
const SENT_ONCE_CODES = ["http", "redirected", "timeout"];

const seed = fc.constantFrom(...CORPUS);
/** A body of the corpus with a part replaced by another body. */
const mutated = fc
  .tuple(seed, fc.nat(), fc.nat(20), fc.oneof(fc.uint8Array({ maxLength: 20 }), seed))
  .map(([bytes, at, length, other]) => {
    const from = bytes.length ? at % bytes.length : 0;
    return Uint8Array.from([
      ...bytes.subarray(0, from),
      ...other,
      ...bytes.subarray(from + length),
    ]);
  });
const body = fc.oneof(
  seed,
  mutated,
  fc.json().map((text) => new TextEncoder().encode(text)),
  fc
    .record({ id: fc.jsonValue(), status: fc.jsonValue(), messages: fc.jsonValue() })
    .map((session) => new TextEncoder().encode(JSON.stringify(session))),
  fc.uint8Array({ maxLength: 200 }),
);

const value = fc.oneof(
  fc.constantFrom(
    "0",
    "1",
    "-1",
    "1.5",
    "1e9",
    "NaN",
    "Infinity",
    "9".repeat(40),
    "soon",
    "Wed, 21 Oct 2015 07:28:00 GMT",
    "Mon, 99 Foo 9999",
    KEY,
  ),
  fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/),
);
const names = [
  "retry-after",
  "retry-after-ms",
  "date",
  "location",
  "x-request-id",
  "request-id",
  "x-amzn-requestid",
  "content-type",
];
const headers = fc.dictionary(fc.constantFrom(...names), value);
const status = fc.oneof(
  fc.constantFrom(200, 201, 202, 203, 206, 226, 300, 301, 302, 303, 307, 308),
  fc.constantFrom(400, 401, 403, 404, 408, 410, 418, 425, 429, 451),
  fc.integer({ min: 200, max: 599 }),
);

for (const operation of OPERATIONS) {
  const codes = operation.unknown ? [...SENT_ONCE_CODES, operation.unknown] : REPEATED_CODES;
  test(`${operation.name} settles for any response`, async () => {
    await fc.assert(
      fc.asyncProperty(status, headers, body, async (status, headers, body) => {
        const isBodiless = [204, 205, 304].includes(status);
        const { chat, requests } = client(
          () => new Response(isBodiless ? null : body, { status, headers }),
          { maxRetries: 0 },
        );
        const pace = operation.name === "pollSession" && { intervalMs: 30 };
        const outcome = await call(chat, operation, { timeoutMs: 100, ...pace }).catch(
          (/** @type {any} */ error) => error,
        );
        if (outcome instanceof AieraChatError) {
          assert.ok(codes.includes(outcome.code), `${outcome.code}: ${outcome.message}`);
          assert.ok(outcome.message.length > 10);
          const texts = everythingIn(outcome).toLowerCase();
          assert.ok(!texts.includes(KEY), texts);
          assert.ok(Buffer.byteLength(outcome.body ?? "") <= 2_048);
          assert.ok(outcome.retryAfterMs === undefined || outcome.retryAfterMs >= 0);
        } else if (operation.payload === "confirmation") {
          assert.equal(outcome, undefined);
        } else {
          // A page also has methods.
          const sent = JSON.parse(new TextDecoder().decode(body));
          assert.equal(JSON.stringify(outcome), JSON.stringify(sent));
        }
        const most = operation.name === "pollSession" ? 10 : 1;
        assert.ok(requests.length <= most, `${requests.length} requests`);
      }),
      { numRuns: 600 },
    );
  });
}

test("the ids of an answer are numbers if a server sends them as strings", async () => {
  const response = { id: "71", message_type: "response", prompt_message_id: "70", content: "A" };
  const prompt = { ...PAYLOADS.message, id: "70", session_id: "7" };
  const active = { id: "7", status: "active", messages: [prompt, response] };
  const created = { id: "7", status: "finding_sources", initial_prompt: prompt };
  const { chat } = client((url, { method }) => {
    if (method === "GET") return Response.json(active);
    return Response.json(url.endsWith("/prompt") ? prompt : created);
  });
  for (const session of [undefined, 7]) {
    const answer = await chat.ask("And the margins?", { session });
    assert.deepEqual([answer.sessionId, answer.promptId, answer.text], [7, 70, "A"]);
    assert.deepEqual(answer.session, active);
    assert.deepEqual(answer.message, response);
  }
  const { sessionId, lastSession } = await rejection(
    client(() => Response.json({ ...active, status: "deleted" })).chat.pollSession("7"),
  );
  assert.deepEqual([sessionId, lastSession.id], [7, "7"]);
});

test("an ask whose answer cannot be read rejects with the session, and lets the next ask begin", async (t) => {
  const { matchAll } = String.prototype;
  t.after(() => (String.prototype.matchAll = matchAll));
  const response = { id: 8, message_type: "response", prompt_message_id: 70, content: "A" };
  const { chat } = client((_, { method }) =>
    method === "POST"
      ? Response.json(PAYLOADS.message)
      : session("active", { messages: [response] }),
  );
  // Like a regular expression that overflows the stack.
  const overflow = new RangeError("Maximum call stack size exceeded");
  String.prototype.matchAll = () => {
    throw overflow;
  };
  const failed = rejection(chat.ask("?", { session: SESSION_ID }));
  const next = chat.ask("?", { session: SESSION_ID });
  const error = await failed;
  assert.deepEqual([error.code, error.cause, error.lastSession.id], ["no_answer", overflow, 7]);
  String.prototype.matchAll = matchAll;
  assert.equal((await next).text, "A");
});

test("a list ends if the server returns the first page for every page", async () => {
  for (const pageOf of [() => 1, () => undefined, (/** @type {number} */ asked) => asked]) {
    const { chat, requests } = client((url) => {
      assert.ok(requests.length < 20);
      const page = pageOf(Number(new URL(url).searchParams.get("page") ?? 1));
      const pagination = { page, has_next: true };
      return Response.json({ data: [{ id: 1, status: "active" }], pagination });
    });
    const ids = [];
    for await (const { id } of chat.listSessions()) ids.push(id);
    assert.deepEqual(ids, [1]);
  }
});

test("a list continues if new sessions shift the others to later pages", async () => {
  for (const pageSize of [1, 4, 20]) {
    const sessions = Array.from({ length: 60 }, (_, at) => ({ id: 60 - at, status: "active" }));
    let newest = 100;
    const { chat } = client((url) => {
      const page = Number(new URL(url).searchParams.get("page") ?? 1);
      const data = sessions.slice((page - 1) * pageSize, page * pageSize);
      const pagination = { page, has_next: page * pageSize < sessions.length };
      // As many sessions as a page holds are created while the first pages are read.
      if (page < 4) {
        for (let at = 0; at < pageSize; at++) sessions.unshift({ id: newest++, status: "active" });
      }
      return Response.json({ data, pagination });
    });
    const ids = [];
    for await (const { id } of chat.listSessions({ pageSize })) ids.push(id);
    assert.deepEqual(
      ids,
      Array.from({ length: 60 }, (_, at) => 60 - at),
    );
  }
});
