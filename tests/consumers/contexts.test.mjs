// @ts-check
// Async contexts: a waiter's callbacks run in that waiter's context, `fetch` and the key provider in that of a call that they
// serve, with AsyncLocalStorage and with zone.js (in Node and in a page). A context that leaks would send one tenant's
// session with the key of another.
import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { launchBrowser } from "../support/browser.mjs";
import { toolchains } from "../support/toolchains.mjs";

const TENANTS = ["ann", "bob", "cat", "dan"];
const STAGES = [{ status: "finding_sources", polls: 3 }, { status: "active" }];

/** @type {Awaited<ReturnType<typeof toolchains>>} */
let tools;
/** @type {any} */
let consumer;
let cwd = "";
before(async () => {
  tools = await toolchains();
  cwd = await tools.consumer("contexts");
  consumer = await import(pathToFileURL(path.join(cwd, "index.mjs")).href);
});
after(() => tools?.close());

/** @type {AsyncLocalStorage<string>} */
const tenants = new AsyncLocalStorage();
const tenant = () => tenants.getStore() ?? "nobody";
const keyOf = (/** @type {string} */ name) => `key-of-${name}-0123456789`;

/**
 * A client of all tenants, and its requests, with the context of `fetch` and the key of each.
 * @param {{ mock?: any, answer?: (url: string, init: any) => Promise<any> }} [options]
 */
function shared({ mock = consumer.createMockApi({ stages: STAGES }), answer = mock.fetch } = {}) {
  /** @type {{ method: string, url: string, body: any, tenant: string, key: string }[]} */
  const requests = [];
  const chat = new consumer.AieraChat({
    apiKey: () => keyOf(tenant()),
    fetch: (/** @type {string} */ url, /** @type {any} */ init) => {
      const key = new Headers(init.headers).get("x-api-key") ?? "";
      const body = init.body && JSON.parse(init.body);
      requests.push({ method: init.method, url: String(url), body, tenant: tenant(), key });
      return answer(url, init);
    },
  });
  return { chat, requests, mock };
}

/**
 * The contexts of a waiter's callbacks.
 * @param {any} chat
 * @param {any} session
 * @param {object} [options]
 */
function contextsOf(chat, session, options) {
  /** @type {Set<string>} */
  const contexts = new Set();
  const note = () => contexts.add(tenant());
  const done = chat.pollSession(session, {
    intervalMs: 1,
    onUpdate: note,
    onPoll: note,
    ...options,
  });
  return { contexts, done };
}

describe("AsyncLocalStorage", () => {
  test("the callbacks of two waiters on one session run in their own contexts", async () => {
    const { chat } = shared();
    const session = await tenants.run("ann", () => chat.createSession({ prompt: "?" }));
    const waiters = ["ann", "bob"].map((name) =>
      tenants.run(name, () => contextsOf(chat, session)),
    );
    const outside = tenants.exit(() => contextsOf(chat, session));
    await Promise.all([...waiters, outside].map(({ done }) => done));
    assert.deepEqual(
      [...waiters, outside].map(({ contexts }) => [...contexts]),
      [["ann"], ["bob"], ["nobody"]],
    );
  });

  test("the callbacks of a late waiter run in its own context", async () => {
    const { chat } = shared();
    const session = await tenants.run("ann", () => chat.createSession({ prompt: "?" }));
    /** @type {ReturnType<typeof contextsOf> | undefined} */
    let late;
    const join = () => (late ??= tenants.run("bob", () => contextsOf(chat, session)));
    const early = tenants.run("ann", () => contextsOf(chat, session, { onPoll: join }));
    await early.done;
    await late?.done;
    assert.deepEqual([...(late?.contexts ?? [])], ["bob"]);
    assert.deepEqual([...early.contexts], ["ann"]);
  });

  /** Ways of `fetch` to respond. @type {Record<string, (mock: any) => (url: string, init: any) => Promise<any>>} */
  const FETCHES = {
    "the mock's": (mock) => mock.fetch,
    "one that answers in one turn": () => {
      const statuses = new Map();
      return (url, init) => {
        const id = Number(/sessions\/(\d+)/.exec(url)?.[1] ?? statuses.size + 1);
        const polls = statuses.get(id) ?? 0;
        statuses.set(id, init.method === "POST" ? 0 : polls + 1);
        const status = polls > 2 ? "active" : "finding_sources";
        return Promise.resolve({
          status: 200,
          text: () => Promise.resolve(JSON.stringify({ id, status })),
        });
      };
    },
    "one that takes a timer": (mock) => async (url, init) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return mock.fetch(url, init);
    },
  };
  for (const [name, fetchOf] of Object.entries(FETCHES)) {
    test(`each tenant's requests carry that tenant's key, with a fetch like ${name}`, async () => {
      const mock = consumer.createMockApi({ stages: STAGES });
      const { chat, requests } = shared({ mock, answer: fetchOf(mock) });
      /** @type {Map<number, string>} */
      const owners = new Map();
      await Promise.all(
        TENANTS.map((name) =>
          tenants.run(name, async () => {
            const { id } = await chat.createSession({ prompt: name });
            assert.equal(tenant(), name, "the caller's context");
            owners.set(id, name);
            await chat.pollSession(id, { intervalMs: 1 });
            assert.equal(tenant(), name, "the caller's context");
          }),
        ),
      );
      assert.equal(owners.size, TENANTS.length);
      for (const { url, body, tenant, key } of requests) {
        const owner = body?.prompt ?? owners.get(Number(/sessions\/(\d+)/.exec(url)?.[1]));
        assert.equal(key, keyOf(owner));
        assert.equal(tenant, owner);
      }
    });
  }

  test("every operation has its caller's key", async () => {
    const mock = consumer.createMockApi({ polls: 1 });
    const { chat, requests } = shared({ mock });
    await Promise.all(
      TENANTS.map((name) =>
        tenants.run(name, async () => {
          const { session } = await chat.ask(name, { intervalMs: 1 });
          await chat.getSession(session);
          await chat.updateSession(session, { title: name });
          await chat.clearSources(session);
          const message = await chat.sendPrompt(session, name);
          await chat.pollSession(message, { intervalMs: 1 });
          for await (const _ of chat.watchSession(session)) assert.equal(tenant(), name);
          for await (const _ of chat.listSessions()) assert.equal(tenant(), name);
          await chat.deleteSession(session);
        }),
      ),
    );
    for (const { tenant, key } of requests) assert.equal(key, keyOf(tenant));
    for (const name of TENANTS) {
      const own = requests.filter(({ tenant }) => tenant === name);
      assert.equal(own.length, requests.length / TENANTS.length, name);
      const prompts = own.map(({ body }) => body?.prompt ?? body?.content ?? body?.title);
      for (const prompt of prompts.filter(Boolean)) assert.equal(prompt, name);
    }
  });

  test("a key is refreshed in the context of its call", async () => {
    const mock = consumer.createMockApi({ stages: STAGES });
    mock.fail({ operation: "getSession", status: 401, times: TENANTS.length });
    const { chat, requests } = shared({ mock });
    await Promise.all(
      TENANTS.map((name) =>
        tenants.run(name, async () => {
          const session = await chat.createSession({ prompt: name });
          await chat.pollSession(session, { intervalMs: 1 });
        }),
      ),
    );
    for (const { tenant, key } of requests) assert.equal(key, keyOf(tenant));
    assert.deepEqual([...new Set(requests.map(({ tenant }) => tenant))].sort(), TENANTS);
  });

  test("nothing runs in a waiter's context after it has left", async () => {
    const { chat, requests } = shared();
    const session = await tenants.run("ann", () => chat.createSession({ prompt: "?" }));
    const leave = new AbortController();
    const first = tenants.run("ann", () =>
      contextsOf(chat, session, { signal: leave.signal, onPoll: () => leave.abort() }),
    );
    const second = tenants.run("bob", () => contextsOf(chat, session));
    await assert.rejects(first.done, { code: "aborted" });
    const left = requests.length;
    await second.done;
    const later = requests.slice(left);
    assert.ok(later.length > 0);
    for (const { tenant } of later) assert.equal(tenant, "bob");
    assert.deepEqual([...second.contexts], ["bob"]);
  });

  test("the callbacks of two concurrent asks run in their own contexts", async () => {
    const { chat } = shared({ mock: consumer.createMockApi({ stages: STAGES }) });
    const contexts = await Promise.all(
      ["ann", "bob"].map((name) =>
        tenants.run(name, async () => {
          /** @type {Set<string>} */
          const contexts = new Set();
          const note = () => contexts.add(tenant());
          const options = { intervalMs: 1, onCreated: note, onUpdate: note, onPoll: note };
          await chat.ask(name, options);
          return [...contexts];
        }),
      ),
    );
    assert.deepEqual(contexts, [["ann"], ["bob"]]);
  });
});

describe("zone.js", () => {
  const ZONES = {
    "any POST": ["first"],
    "outer update": ["<root>"],
    "outer poll": ["<root>"],
    "outer then": ["<root>"],
    "first update": ["first"],
    "first poll": ["first"],
    "first then": ["first"],
    "second update": ["second"],
    "second poll": ["second"],
    "second then": ["second"],
  };

  test("the callbacks of waiters on one session run in their own zones in Node", async () => {
    const { "any GET": _, ...zones } = JSON.parse(
      await tools.run("node", ["zones-node.mjs"], { cwd }),
    );
    assert.deepEqual(zones, ZONES);
  });

  test("the callbacks of waiters on one session run in their own zones in a page", async () => {
    const options = ["--bundle", "--format=iife", "--outdir=out", "--log-level=warning"];
    await tools.run("esbuild", ["zones-page.mjs", ...options], { cwd });
    const script = await readFile(path.join(cwd, "out", "zones-page.js"), "utf8");
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      // A secure context, without network traffic.
      await page.route("**/*", (route) =>
        route.fulfill({
          contentType: "text/html",
          body: `<title></title><script>${script.replaceAll("</script", "<\\/script")}</script>`,
        }),
      );
      await page.goto("http://localhost/");
      await page.waitForFunction(() => document.title !== "");
      const { "any GET": _, ...zones } = JSON.parse(await page.title());
      assert.deepEqual(zones, ZONES);
    } finally {
      await browser.close();
    }
  });
});
