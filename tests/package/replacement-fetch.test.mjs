// @ts-check
// What callers lend is theirs: a fetch that ignores its signal, signals that throw. Whatever they do, each call ends once, and
// nothing that it should have been shown is lost.
import assert from "node:assert/strict";
import { test } from "node:test";
import { loadPackage } from "../support/package.mjs";

const { AieraChat } = await loadPackage();
const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
const session = (/** @type {string} */ status) => Response.json({ id: 7, status });

test("an answer that came too late counts for nothing", async () => {
  let sent = 0;
  const fetch = async () => {
    sent++;
    if (sent === 1) await sleep(60);
    return session(sent === 1 || sent > 3 ? "active" : "generating_response");
  };
  const chat = new AieraChat({ fetch });
  /** @type {string[]} */
  const seen = [];
  const options = { requestTimeoutMs: 30, intervalMs: 100, maxIntervalMs: 100 };
  await chat.pollSession(7, { ...options, onUpdate: ({ status }) => seen.push(status) });
  // The same text as the late one's, which was never shown.
  assert.deepEqual(seen, ["generating_response", "active"]);
});

test("signals that throw end no call but their own", async () => {
  const throws = () => {
    throw new Error("a signal of its own kind");
  };
  for (const [addEventListener, removeEventListener] of [
    [throws, throws],
    [() => {}, throws],
  ]) {
    const signal = /** @type {any} */ ({ aborted: false, addEventListener, removeEventListener });
    const chat = new AieraChat({ fetch: async () => session("active") });
    assert.equal((await chat.pollSession(7, { signal })).status, "active");
    assert.equal((await chat.createSession({}, { signal })).status, "active");
  }
});

test("a client for a page can be made on the server, where its first call is refused", async () => {
  const chat = new AieraChat({ baseUrl: "/api", fetch: async () => session("active") });
  for (const call of [chat.createSession({}), chat.pollSession(7)]) {
    await assert.rejects(call, { code: "invalid_argument", message: /whole URL/ });
  }
  assert.throws(() => new AieraChat({ baseUrl: "api" }), { code: "invalid_argument" });
});
