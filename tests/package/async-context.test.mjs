// @ts-check
// Callbacks, `fetch` and the key function run in the async context of a call that they serve, a waiter's callbacks in the
// context of that waiter. Rules: 9.
import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { test } from "node:test";
import { OPERATIONS } from "../support/operations.mjs";
import { loadFreshPackage } from "../support/package.mjs";
import { BASE_URL, call, PAYLOADS, pkg, QUICK, SESSION_ID, sleep, turn } from "./harness.mjs";

const { AieraChat } = pkg;
const tenants = new AsyncLocalStorage();

/** The id of the session in a URL. @param {string} url */
const idIn = (url) => Number(/sessions\/(\d+)/.exec(url)?.[1] ?? SESSION_ID);

/** Two sessions at work, then finished. @param {string} url @param {number} count */
const stages = (url, count) =>
  Response.json({ id: idIn(url), status: count < 3 ? "finding_sources" : "active" });

test("the callbacks of each waiter on one session run in its own context", async () => {
  let count = 0;
  const chat = new AieraChat({ fetch: async (/** @type {string} */ url) => stages(url, ++count) });
  /** @type {[string, string, unknown][]} */
  const records = [];
  const wait = async (/** @type {string} */ tenant) => {
    const record = (/** @type {string} */ callback) => () =>
      records.push([tenant, callback, tenants.getStore()]);
    await chat.pollSession(SESSION_ID, {
      ...QUICK,
      onUpdate: record("onUpdate"),
      onPoll: record("onPoll"),
    });
    records.push([tenant, "then", tenants.getStore()]);
  };
  await Promise.all(["a", "b", "c"].map((tenant) => tenants.run(tenant, wait, tenant)));
  assert.equal(count, 3);
  assert.equal(records.length, 3 * (2 + 3 + 1));
  for (const [tenant, callback, store] of records) assert.equal(store, tenant, callback);
});

test("a waiter that joins in another's callback changes neither's context", async () => {
  let count = 0;
  const chat = new AieraChat({ fetch: async (/** @type {string} */ url) => stages(url, ++count) });
  /** @type {Record<string, Set<unknown>>} */
  const stores = { a: new Set(), b: new Set() };
  const poll = (/** @type {string} */ tenant, /** @type {object} */ options) =>
    tenants.run(tenant, () => {
      const onUpdate = () => stores[tenant]?.add(tenants.getStore());
      return chat.pollSession(SESSION_ID, { ...QUICK, onUpdate, ...options });
    });
  /** @type {Promise<any> | undefined} */
  let late;
  await poll("a", { onPoll: () => (late ??= poll("b", {})) });
  await late;
  assert.deepEqual(stores, { a: new Set(["a"]), b: new Set(["b"]) });
});

test("a waiter that joins outside of any context has its callbacks outside of any context", async () => {
  let count = 0;
  const chat = new AieraChat({ fetch: async (/** @type {string} */ url) => stages(url, ++count) });
  /** @type {unknown[]} */
  const records = [];
  const inside = tenants.run("a", () => chat.pollSession(SESSION_ID, QUICK));
  await turn();
  const outside = chat.pollSession(SESSION_ID, {
    ...QUICK,
    onUpdate: () => records.push(tenants.getStore()),
  });
  await Promise.all([inside, outside]);
  assert.deepEqual(records, [undefined, undefined]);
});

/** The delays of a `fetch` in the process. @type {Record<string, () => unknown>} */
const PACES = {
  "at once": () => {},
  "after a turn": turn,
  "after a while": () => sleep(3),
};

for (const [pace, wait] of Object.entries(PACES)) {
  test(`the key function and fetch run in the context of their call, with responses ${pace}`, async () => {
    /** @type {[string, unknown, string | null][]} */
    const requests = [];
    /** @type {Map<string, number>} */
    const counts = new Map();
    const chat = new AieraChat({
      apiKey: () => `key of ${tenants.getStore()}`,
      baseUrl: BASE_URL,
      async fetch(/** @type {string} */ url, /** @type {any} */ init) {
        const tenant = `tenant ${idIn(url)}`;
        requests.push([tenant, tenants.getStore(), new Headers(init.headers).get("x-api-key")]);
        await wait();
        const count = (counts.get(url) ?? 0) + 1;
        counts.set(url, count);
        // A lost response and a refused key, so that retries and fresh keys need the context too.
        if (count === 1) throw new TypeError("lost");
        if (count === 2) return new Response("", { status: 401 });
        return stages(url, count - 1);
      },
    });
    const ids = Array.from({ length: 20 }, (_, at) => at + 1);
    await Promise.all(
      ids.map((id) => tenants.run(`tenant ${id}`, () => chat.pollSession(id, QUICK))),
    );
    assert.equal(requests.length, 20 * 4);
    for (const [tenant, store, key] of requests) {
      assert.equal(store, tenant);
      assert.equal(key, `key of ${tenant}`);
    }
  });
}

test("every call has its own context, also while the module loads", async () => {
  for (const { AieraChat } of [await loadFreshPackage(), pkg]) {
    /** @type {unknown[]} */
    const stores = [];
    const chat = new AieraChat({
      baseUrl: BASE_URL,
      apiKey: () => (stores.push(tenants.getStore()), "key"),
      async fetch() {
        stores.push(tenants.getStore());
        return Response.json({ ...PAYLOADS.session, ...PAYLOADS.page });
      },
    });
    await Promise.all(
      OPERATIONS.map((operation) => tenants.run(operation.name, () => call(chat, operation))),
    );
    assert.deepEqual(stores.sort(), OPERATIONS.flatMap(({ name }) => [name, name]).sort());
  }
});

test("an ask has its context in its create, its poll and onCreated", async () => {
  /** @type {[string, unknown][]} */
  const records = [];
  const record = (/** @type {string} */ event) => records.push([event, tenants.getStore()]);
  const response = { id: 8, message_type: "response", content: "12%" };
  const chat = new AieraChat({
    async fetch(/** @type {string} */ _, /** @type {any} */ { method }) {
      record(method);
      return Response.json({ id: SESSION_ID, status: "active", messages: [response] });
    },
  });
  const other = tenants.run("other", () => chat.pollSession(SESSION_ID, QUICK));
  records.length = 0;
  await tenants.run("a", () =>
    chat.ask("?", { onCreated: () => record("onCreated"), onUpdate: () => record("onUpdate") }),
  );
  await other;
  const ofAsk = records.filter(([event]) => event !== "GET");
  assert.deepEqual(ofAsk, [
    ["POST", "a"],
    ["onCreated", "a"],
    ["onUpdate", "a"],
  ]);
});

test("the pages of a list are requested in the context of its call", async () => {
  /** @type {unknown[]} */
  const stores = [];
  const chat = new AieraChat({
    async fetch(/** @type {string} */ url) {
      stores.push(tenants.getStore());
      const page = Number(new URL(url).searchParams.get("page") ?? 1);
      const pagination = { page, has_next: page < 3 };
      return Response.json({ data: [{ id: page, status: "active" }], pagination });
    },
  });
  const list = tenants.run("a", () => chat.listSessions());
  const records = [];
  for await (const { id } of list) records.push(id);
  assert.deepEqual(records, [1, 2, 3]);
  assert.deepEqual(stores, ["a", "a", "a"]);
});

test("a watch calls back in the context of its call", async () => {
  let count = 0;
  const chat = new AieraChat({ fetch: async (/** @type {string} */ url) => stages(url, ++count) });
  /** @type {unknown[]} */
  const stores = [];
  const onUpdate = () => stores.push(tenants.getStore());
  const watch = tenants.run("a", () => chat.watchSession(SESSION_ID, { ...QUICK, onUpdate }));
  const other = tenants.run("b", () => chat.pollSession(SESSION_ID, QUICK));
  for await (const _ of watch);
  await other;
  assert.deepEqual(new Set(stores), new Set(["a"]));
});

test("a callback that throws leaves its context", async (t) => {
  const { reportError } = globalThis;
  t.after(() => (globalThis.reportError = reportError));
  /** @type {unknown[]} */
  const reported = [];
  globalThis.reportError = (error) => void reported.push(error);
  let count = 0;
  const chat = new AieraChat({ fetch: async (/** @type {string} */ url) => stages(url, ++count) });
  /** @type {unknown[]} */
  const stores = [];
  const wait = (/** @type {string} */ tenant) =>
    chat.pollSession(SESSION_ID, {
      ...QUICK,
      onUpdate() {
        stores.push([tenant, tenants.getStore()]);
        throw new Error(tenant);
      },
    });
  await Promise.all(["a", "b"].map((tenant) => tenants.run(tenant, wait, tenant)));
  assert.equal(reported.length, 4);
  assert.deepEqual(stores, [["a", "a"], ["b", "b"], ["a", "a"], ["b", "b"]]); // prettier-ignore
  assert.equal(tenants.getStore(), undefined);
});

/** The parts of a zone of Zone.js that run code. */
class FakeZone {
  static current = new FakeZone("root");
  /** @param {string} name */
  constructor(name) {
    this.name = name;
  }
  /** @param {Function} run @param {unknown} receiver @param {unknown[]} [args] */
  run(run, receiver, args = []) {
    const outer = FakeZone.current;
    FakeZone.current = this;
    try {
      return run.apply(receiver, args);
    } finally {
      FakeZone.current = outer;
    }
  }
  /** @param {Function} run */
  wrap(run) {
    return (/** @type {unknown[]} */ ...args) => this.run(run, undefined, args);
  }
}

test("a waiter that joins a poll of another zone has its callbacks in its own zone", async (t) => {
  const globals = /** @type {any} */ (globalThis);
  t.after(() => delete globals.Zone);
  globals.Zone = FakeZone;
  let count = 0;
  /** @type {[string, string, unknown][]} */
  const records = [];
  const record = (/** @type {string} */ event) =>
    records.push([event, FakeZone.current.name, tenants.getStore()]);
  const chat = new AieraChat({
    apiKey: () => (record("key"), "key"),
    baseUrl: BASE_URL,
    fetch: async (/** @type {string} */ url) => (record("fetch"), stages(url, ++count)),
  });
  const outside = chat.pollSession(SESSION_ID, { ...QUICK, onUpdate: () => record("outside") });
  const inside = new FakeZone("inner").run(
    () =>
      tenants.run("a", () =>
        chat.pollSession(SESSION_ID, { ...QUICK, onUpdate: () => record("inside") }),
      ),
    undefined,
  );
  await Promise.all([outside, inside]);
  await new FakeZone("alone").run(() => chat.getSession(SESSION_ID), undefined);
  assert.deepEqual(records.map(String).sort(), [
    "fetch,alone,",
    "fetch,root,",
    "fetch,root,",
    "fetch,root,",
    "inside,inner,a",
    "inside,inner,a",
    "key,alone,",
    "key,root,",
    "outside,root,",
    "outside,root,",
  ]);
  assert.equal(FakeZone.current.name, "root");
});

test("calls work without AsyncLocalStorage.snapshot, and without contexts", async (t) => {
  const { getBuiltinModule } = process;
  t.after(() => (process.getBuiltinModule = getBuiltinModule));
  const { AsyncResource } = await import("node:async_hooks");
  /** @type {unknown[]} */
  const records = [];
  for (const module of [{ AsyncResource }, {}, undefined]) {
    process.getBuiltinModule = /** @type {any} */ (() => module);
    let count = 0;
    const chat = new AieraChat({
      fetch: async (/** @type {string} */ url) => stages(url, ++count),
    });
    const onUpdate = () => records.push([module && Object.keys(module).join(), tenants.getStore()]);
    const other = tenants.run("b", () => chat.pollSession(SESSION_ID, QUICK));
    await tenants.run("a", () => chat.pollSession(SESSION_ID, { ...QUICK, onUpdate }));
    await other;
  }
  assert.equal(records.length, 6);
  assert.deepEqual(records.slice(0, 2), [
    ["AsyncResource", "a"],
    ["AsyncResource", "a"],
  ]);
});

test("AsyncContext.Snapshot is used if there is no other context", async (t) => {
  const globals = /** @type {any} */ (globalThis);
  const { getBuiltinModule } = process;
  t.after(() => {
    process.getBuiltinModule = getBuiltinModule;
    delete globals.AsyncContext;
  });
  process.getBuiltinModule = /** @type {any} */ (() => undefined);
  /** @type {Function} */
  const snapshot = AsyncLocalStorage.snapshot;
  globals.AsyncContext = {
    Snapshot: class {
      #run = snapshot();
      /** @param {Function} run @param {unknown[]} args */
      run(run, ...args) {
        return this.#run(run, ...args);
      }
    },
  };
  let count = 0;
  const chat = new AieraChat({ fetch: async (/** @type {string} */ url) => stages(url, ++count) });
  /** @type {unknown[]} */
  const records = [];
  const wait = (/** @type {string} */ tenant) =>
    chat.pollSession(SESSION_ID, {
      ...QUICK,
      onUpdate: () => records.push([tenant, tenants.getStore()]),
    });
  await Promise.all(["a", "b"].map((tenant) => tenants.run(tenant, wait, tenant)));
  assert.equal(records.length, 4);
  for (const pair of records) assert.equal(new Set(/** @type {any} */ (pair)).size, 1);
});
