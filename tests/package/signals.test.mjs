// @ts-check
// Signals of any kind, and their listeners. Rules: 4, 5.
import assert from "node:assert/strict";
import { EventEmitter, getEventListeners } from "node:events";
import { test } from "node:test";
import { OPERATIONS } from "../support/operations.mjs";
import {
  call,
  client,
  collectErrors,
  never,
  PAYLOADS,
  pkg,
  QUICK,
  rejection,
  session,
  SESSION_ID,
  turn,
  until,
} from "./harness.mjs";
import { loadFreshPackage } from "../support/package.mjs";

const listenersOf = (/** @type {AbortSignal} */ signal) =>
  getEventListeners(signal, "abort").length;

/** The warnings of the process while a test runs. @param {import("node:test").TestContext} t */
function warnings(t) {
  /** @type {Error[]} */
  const list = [];
  const onWarning = (/** @type {Error} */ warning) => list.push(warning);
  process.on("warning", onWarning);
  t.after(() => process.off("warning", onWarning));
  return list;
}

/**
 * Calls of every kind on one signal, each of which stays pending.
 * @param {any} chat
 * @param {AbortSignal} signal
 * @returns {Promise<any>[]}
 */
function callsOf(chat, signal) {
  return Array.from({ length: 30 }, (_, at) => [
    ...OPERATIONS.map((operation) => call(chat, operation, { signal })),
    chat.pollSession(SESSION_ID + at, { signal }),
    chat.watchSession(SESSION_ID, { signal }).next(),
    chat.ask("?", { signal }),
  ]).flat();
}

test("300 calls on one signal add one listener, which the last of them removes", async (t) => {
  const shown = warnings(t);
  const { chat, requests } = client(never);
  const controller = new AbortController();
  const { signal } = controller;
  const errors = collectErrors(callsOf(chat, signal));
  await until(() => requests.length > 200, "the requests");
  assert.equal(listenersOf(signal), 1);
  controller.abort("enough");
  await turn();
  assert.equal(errors.length, 330);
  assert.ok(errors.every(({ code, cause }) => code === "aborted" && cause === "enough"));
  assert.equal(listenersOf(signal), 0);
  await turn();
  assert.deepEqual(shown, []);
});

test("calls that start before the module is loaded add one listener", async (t) => {
  const shown = warnings(t);
  const { AieraChat } = await loadFreshPackage();
  const chat = new AieraChat({ fetch: never });
  const controller = new AbortController();
  const { signal } = controller;
  const errors = collectErrors(callsOf(chat, signal));
  assert.equal(listenersOf(signal), 1);
  for (let turns = 0; turns < 50; turns++) {
    assert.equal(listenersOf(signal), 1);
    await turn();
  }
  controller.abort("enough");
  await until(() => errors.length === 330, "the end of the calls");
  assert.equal(listenersOf(signal), 0);
  assert.deepEqual(shown, []);
});

test("the listener is removed from the signal when its call settles in any way", async () => {
  for (const [respond, settles] of /** @type {[() => any, boolean][]} */ ([
    [() => Response.json({ ...PAYLOADS.page, ...PAYLOADS.session }), true],
    [() => new Response("", { status: 404 }), false],
    [() => Promise.reject(new TypeError("lost")), false],
  ])) {
    const { signal } = new AbortController();
    const { chat } = client(respond, { maxRetries: 0 });
    for (const operation of OPERATIONS) {
      const promise = call(chat, operation, { signal });
      await (settles ? promise : rejection(promise));
      assert.equal(listenersOf(signal), 0, operation.name);
    }
  }
});

test("leaving a loop removes its listener from the signal", async () => {
  const { chat } = client(() => session("finding_sources"));
  const { signal } = new AbortController();
  for await (const _ of chat.watchSession(SESSION_ID, { ...QUICK, signal })) break;
  await turn();
  assert.equal(listenersOf(signal), 0);
});

test("a signal whose methods throw ends no call", async () => {
  const fail = () => {
    throw new Error("no listeners here");
  };
  for (const [addEventListener, removeEventListener] of [
    [fail, fail],
    [() => {}, fail],
  ]) {
    const signal = { aborted: false, addEventListener, removeEventListener };
    for (const { AieraChat } of [await loadFreshPackage(), pkg]) {
      const chat = new AieraChat({ fetch: async () => session() });
      assert.equal((await chat.createSession({}, { signal })).status, "active");
      assert.equal((await chat.pollSession(SESSION_ID, { signal })).status, "active");
      const statuses = [];
      for await (const { status } of chat.watchSession(SESSION_ID, { signal }))
        statuses.push(status);
      assert.deepEqual(statuses, ["active"]);
    }
  }
});

test("a signal whose methods make a call delays no call", async () => {
  for (let at = 0; at < 8; at++) {
    const { chat } = client((_, __, count) => session(count < 4 ? "finding_sources" : "active"));
    await chat.getSession(SESSION_ID);
    /** @type {Promise<any>[]} */
    const inner = [];
    let count = 0;
    const callIn = () => {
      if (count++ === at) inner.push(chat.pollSession(SESSION_ID, QUICK));
    };
    const signal = {
      get aborted() {
        callIn();
        return false;
      },
      addEventListener: callIn,
      removeEventListener: callIn,
    };
    const outer = chat.pollSession(SESSION_ID, { ...QUICK, signal });
    assert.equal((await outer).status, "active");
    await turn();
    for (const { status } of await Promise.all(inner)) assert.equal(status, "active");
  }
});

test("a signal that is aborted while a listener is added to it ends the call", async () => {
  for (const calls of [true, false]) {
    const { chat, requests } = client(() => session("finding_sources"));
    const signal = {
      aborted: false,
      reason: "late",
      addEventListener(/** @type {string} */ _, /** @type {() => void} */ listener) {
        this.aborted = true;
        if (calls) listener();
      },
      removeEventListener() {},
    };
    // The module is loaded.
    await chat.getSession(SESSION_ID);
    requests.length = 0;
    const error = await rejection(chat.pollSession(SESSION_ID, { signal }));
    assert.deepEqual([error.code, error.cause, requests.length], ["aborted", "late", 0]);
  }
});

test("a signal whose state throws is refused", async () => {
  const signal = {
    get aborted() {
      throw new Error("no state");
    },
    addEventListener() {},
  };
  for (const { AieraChat } of [await loadFreshPackage(), pkg]) {
    const error = await rejection(new AieraChat({ fetch: never }).createSession({}, { signal }));
    assert.equal(error.code, "invalid_argument");
    assert.match(error.message, /options\.signal/);
  }
});

/** An `AbortSignal` of another realm, such as jsdom's. */
class ForeignSignal extends EventEmitter {
  aborted = false;
  /** @type {unknown} */
  reason = undefined;
  addEventListener(/** @type {string} */ type, /** @type {any} */ listener) {
    this.on(type, listener);
  }
  removeEventListener(/** @type {string} */ type, /** @type {any} */ listener) {
    this.off(type, listener);
  }
  abort(/** @type {unknown} */ reason) {
    this.aborted = true;
    this.reason = reason;
    this.emit("abort");
  }
}

test("a signal of another realm ends a call", async () => {
  for (const operation of OPERATIONS) {
    const { chat, requests } = client(never);
    const signal = new ForeignSignal();
    const errors = collectErrors([call(chat, operation, { signal })]);
    await until(() => requests.length === 1, "the request");
    signal.abort("enough");
    await turn();
    assert.deepEqual(
      errors.map(({ code, cause }) => [code, cause]),
      [["aborted", "enough"]],
    );
    assert.equal(signal.listenerCount("abort"), 0);
  }
});

test("a fetch that refuses the page's signals is called without one, and an abort drops its response", async (t) => {
  const { AbortController: original } = globalThis;
  t.after(() => (globalThis.AbortController = original));
  // As in jsdom on Node 24, whose controller creates signals that Node's fetch refuses.
  globalThis.AbortController = /** @type {any} */ (
    class {
      signal = new ForeignSignal();
      abort() {}
    }
  );
  const refusal =
    'RequestInit: Expected signal ("AbortSignal {}") to be an instance of AbortSignal.';
  for (const operation of OPERATIONS) {
    let isDone = false;
    const { chat, requests } = client(
      (_, init) => {
        if (init.signal) throw new TypeError(refusal);
        return isDone
          ? Response.json(PAYLOADS[operation.payload])
          : new Promise((resolve) => setTimeout(resolve, 20, session()));
      },
      { maxRetries: 0 },
    );
    const controller = new original();
    const errors = collectErrors([call(chat, operation, { signal: controller.signal })]);
    await until(() => requests.length === 2, "the request without a signal");
    controller.abort("enough");
    await turn();
    assert.deepEqual(
      errors.map(({ code, cause }) => [code, cause]),
      [["aborted", "enough"]],
      operation.name,
    );
    isDone = true;
    await call(chat, operation);
  }
});
