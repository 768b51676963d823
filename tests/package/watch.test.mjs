// @ts-check
// `watchSession`: a poll as an async iterable.
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { transform } from "esbuild";
import { client as clientOf, QUICK, rejection, session, sleep, turn, until } from "./harness.mjs";

/** A client whose server goes through these statuses, and repeats the last. @param {string[]} statuses */
const client = (...statuses) =>
  clientOf((_, __, count) => session(statuses[Math.min(count, statuses.length) - 1]));

test("watchSession shows each state once and ends after active", async () => {
  const { chat, requests } = client(
    "finding_sources",
    "finding_sources",
    "generating_response",
    "active",
  );
  const watch = chat.watchSession(7, QUICK);
  await sleep(20);
  assert.equal(requests.length, 0, "polling starts with the first next()");
  const statuses = [];
  for await (const { status } of watch) statuses.push(status);
  assert.deepEqual(statuses, ["finding_sources", "generating_response", "active"]);
  assert.equal(requests.length, 4);
});

test("watchSession yields another final state, and then throws", async () => {
  for (const status of ["generating_response_error", "finding_sources_error", "deleted"]) {
    const { chat } = client(status);
    const watch = chat.watchSession(7, QUICK);
    assert.equal((await watch.next()).value?.status, status);
    const error = await rejection(watch.next());
    assert.equal(error.code, "session_failed");
    assert.equal(error.lastSession.status, status);
    assert.equal((await watch.next()).done, true);
  }
});

test("watchSession shows a slow reader the newest state", async () => {
  const { chat, requests } = client("finding_sources", "generating_response", "active");
  const watch = chat.watchSession(7, QUICK);
  assert.equal((await watch.next()).value?.status, "finding_sources");
  await until(() => requests.length === 3, "the last request");
  for (let turns = 0; turns < 10; turns++) await turn();
  assert.equal((await watch.next()).value?.status, "active");
  assert.equal((await watch.next()).done, true);
});

test("watchSession stops polling when the loop is left", async () => {
  const { chat, requests } = client("finding_sources");
  for await (const { status } of chat.watchSession(7, QUICK)) {
    assert.equal(status, "finding_sources");
    break;
  }
  const count = requests.length;
  await sleep(50);
  assert.equal(requests.length, count);
});

test("watchSession ends with its signal", async () => {
  const { chat, requests } = client("finding_sources");
  const controller = new AbortController();
  const watch = chat.watchSession(7, { ...QUICK, signal: controller.signal });
  await watch.next();
  controller.abort("reason");
  const error = await rejection(watch.next());
  assert.deepEqual([error.code, error.cause], ["aborted", "reason"]);
  assert.equal(getEventListeners(controller.signal, "abort").length, 0);
  const count = requests.length;
  await sleep(30);
  assert.equal(requests.length, count);
});

test("a watch that nobody reads leaves no listener once its poll is over", async () => {
  const { chat, requests } = client("finding_sources", "active");
  const { signal } = new AbortController();
  const watch = chat.watchSession(7, { ...QUICK, signal });
  await watch.next();
  await until(() => requests.length === 2, "the last request");
  await until(() => getEventListeners(signal, "abort").length === 0, "the end of the listener");
});

test("watchSession ends at once if its signal was aborted before", async () => {
  const { chat, requests } = client("finding_sources");
  const error = await rejection(
    chat.watchSession(7, { signal: AbortSignal.abort("before") }).next(),
  );
  assert.deepEqual([error.code, error.cause], ["aborted", "before"]);
  assert.equal(requests.length, 0);
});

test("concurrent reads of one watch receive the states in order", async () => {
  const { chat } = client("finding_sources", "active");
  const watch = chat.watchSession(7, QUICK);
  const reads = await Promise.all([watch.next(), watch.next(), watch.next()]);
  assert.deepEqual(
    reads.map(({ done, value }) => [done, value?.status]),
    [
      [false, "finding_sources"],
      [false, "active"],
      [true, undefined],
    ],
  );
});

test("return and throw end a watch that has not started", async () => {
  const { chat, requests } = client("finding_sources");
  const returned = chat.watchSession(7, QUICK);
  assert.deepEqual(await returned.return("value"), { done: true, value: "value" });
  const thrown = chat.watchSession(7, QUICK);
  await assert.rejects(thrown.throw(new Error("mine")), { message: "mine" });
  for (const watch of [returned, thrown]) assert.equal((await watch.next()).done, true);
  assert.equal(requests.length, 0);
});

test("await using ends a watch", async () => {
  const { chat, requests } = client("finding_sources");
  // Node 20 does not support the syntax, which esbuild compiles.
  const { code } = await transform(
    `export async function readOnce(chat, pace) {
      await using watch = chat.watchSession(7, pace);
      return (await watch.next()).value.status;
    }`,
    { loader: "ts", target: "es2022" },
  );
  const { readOnce } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  assert.equal(await readOnce(chat, QUICK), "finding_sources");
  const count = requests.length;
  await sleep(50);
  assert.equal(requests.length, count);
});

test("a watch works if the platform has no Symbol.asyncDispose", async (t) => {
  const { Symbol: original } = globalThis;
  t.after(() => (globalThis.Symbol = original));
  const { iterator, asyncIterator, hasInstance, toStringTag } = original;
  const symbols = { iterator, asyncIterator, hasInstance, toStringTag, for: original.for };
  globalThis.Symbol = /** @type {any} */ (Object.assign(() => original(), symbols));
  const { chat } = client("finding_sources", "active");
  const statuses = [];
  for await (const { status } of chat.watchSession(7, QUICK)) statuses.push(status);
  assert.deepEqual(statuses, ["finding_sources", "active"]);
  const watch = chat.watchSession(7, QUICK);
  assert.deepEqual(original.asyncDispose in watch, false);
});
