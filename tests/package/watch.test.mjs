// @ts-check
// `watchSession`: a wait as a loop.
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { loadPackage } from "../support/package.mjs";

const { AieraChat } = await loadPackage();
const PACE = { intervalMs: 5, maxIntervalMs: 5 };

/** A client whose server goes through these statuses, the last for ever. @param {string[]} statuses */
function client(...statuses) {
  const sent = { count: 0 };
  const fetch = async () => {
    const status = statuses[Math.min(sent.count++, statuses.length - 1)];
    return Response.json({ id: 7, status });
  };
  return { chat: new AieraChat({ fetch }), sent };
}

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

test("shows each state once and ends after active", async () => {
  const { chat, sent } = client(
    "finding_sources",
    "finding_sources",
    "generating_response",
    "active",
  );
  const loop = chat.watchSession(7, PACE);
  await sleep(20);
  assert.equal(sent.count, 0, "it begins with the first step");
  const seen = [];
  for await (const { status } of loop) seen.push(status);
  assert.deepEqual(seen, ["finding_sources", "generating_response", "active"]);
});

test("throws after a final state that is no answer, which it has shown", async () => {
  const { chat } = client("generating_response_error");
  const loop = chat.watchSession(7, PACE);
  assert.equal((await loop.next()).value?.status, "generating_response_error");
  await assert.rejects(loop.next(), { code: "session_failed" });
  assert.equal((await loop.next()).done, true);
});

test("shows a slow reader the newest state", async () => {
  const { chat } = client("finding_sources", "generating_response", "active");
  const loop = chat.watchSession(7, PACE);
  assert.equal((await loop.next()).value?.status, "finding_sources");
  await sleep(100);
  assert.equal((await loop.next()).value?.status, "active");
  assert.equal((await loop.next()).done, true);
});

test("stops polling when it is left, and hears its signal", async () => {
  const { chat, sent } = client("finding_sources");
  for await (const { status } of chat.watchSession(7, PACE)) {
    assert.equal(status, "finding_sources");
    break;
  }
  const { count } = sent;
  await sleep(50);
  assert.equal(sent.count, count);
  const controller = new AbortController();
  const loop = chat.watchSession(7, { ...PACE, signal: controller.signal });
  await loop.next();
  controller.abort("reason");
  await assert.rejects(loop.next(), { code: "aborted", cause: "reason" });
  assert.equal(getEventListeners(controller.signal, "abort").length, 0);
});
