// @ts-check
// An abort takes effect within one turn of the event loop, in every state that a call can be in.
import assert from "node:assert/strict";
import { test } from "node:test";
import { loadPackage } from "../support/package.mjs";

const { AieraChat } = await loadPackage();

const never = () => new Promise(() => {});
const turn = () => new Promise((resolve) => setImmediate(resolve));
const session = () => Response.json({ id: 7, status: "finding_sources" });
/** A body of which nothing more comes. */
const stalled = () =>
  new Response(new ReadableStream({ start: (body) => body.enqueue(new Uint8Array([123])) }));

/** @type {Record<string, any>} each with the client's options; none of them listens to the signal that it is given */
const STATES = {
  "the key is awaited": { apiKey: never },
  "a request is on its way": { fetch: never },
  "a body is on its way": { fetch: async () => stalled() },
  "it sleeps": { fetch: async () => session() },
  "it sleeps after a failure": { fetch: async () => new Response("", { status: 503 }) },
};

for (const [state, options] of Object.entries(STATES)) {
  test(`while ${state}`, async () => {
    const chat = new AieraChat({ fetch: never, ...options });
    const leave = new AbortController();
    /** @type {any[]} */
    const outcomes = [];
    const how = { signal: leave.signal, intervalMs: 60_000 };
    const calls = [chat.pollSession(7, how)];
    if (state !== "it sleeps" && state !== "it sleeps after a failure") {
      calls.push(
        /** @type {any} */ (chat.createSession({ prompt: "?" }, { signal: leave.signal })),
      );
    }
    for (const call of calls) call.catch((error) => outcomes.push(error));
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.deepEqual(outcomes, []);
    leave.abort("enough");
    await turn();
    assert.deepEqual(
      outcomes.map(({ code, cause }) => [code, cause]),
      calls.map(() => ["aborted", "enough"]),
    );
  });
}

test("before it begins: nothing is sent", async () => {
  let sent = 0;
  const chat = new AieraChat({ fetch: async () => (sent++, session()) });
  {
    const signal = AbortSignal.abort("before");
    /** @type {any[]} */
    const outcomes = [];
    chat.pollSession(7, { signal }).catch((error) => outcomes.push(error));
    chat.createSession({}, { signal }).catch((error) => outcomes.push(error));
    await turn();
    assert.deepEqual(
      outcomes.map(({ code, cause }) => [code, cause]),
      [
        ["aborted", "before"],
        ["aborted", "before"],
      ],
    );
  }
  assert.equal(sent, 0);
});
