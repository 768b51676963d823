// @ts-check
// A client in the reactive state of Vue, Pinia, Valtio and MobX, which call its methods with a wrapper as `this`: every call
// works, and no output of the state shows the key.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { toolchains } from "../support/toolchains.mjs";

const KEY = "state-key-0123456789";
const NAMES = [
  "Vue's ref",
  "Vue's reactive",
  "Vue's readonly",
  "Vue's computed over reactive state",
  "a Pinia store",
  "a Pinia store with a setup function",
  "Valtio's proxy",
  "Valtio's snapshot",
  "MobX's observable",
  "MobX's observable box",
  "a Proxy",
  "a Proxy of a Proxy",
  "an object with the client as its prototype",
];

describe("a client in reactive state", () => {
  /** @type {Awaited<ReturnType<typeof toolchains>>} */
  let tools;
  /** @type {any} */
  let consumer;

  before(async () => {
    tools = await toolchains();
    const cwd = await tools.consumer("state");
    consumer = await import(pathToFileURL(path.join(cwd, "holders.mjs")).href);
  });
  after(async () => tools?.close());

  /** @param {string} name */
  function held(name) {
    const stages = [{ status: "finding_sources", polls: 1 }, { status: "active" }];
    const mock = consumer.createMockApi({ apiKey: KEY, stages, answer: "Deliveries rose." });
    const chat = new consumer.AieraChat({ apiKey: KEY, fetch: mock.fetch });
    return { mock, chat: consumer.holders[name](chat) };
  }

  test("the list of holders is complete", () => {
    assert.deepEqual(Object.keys(consumer.holders), NAMES);
  });

  for (const name of NAMES) {
    test(`create, poll, watch and ask work in ${name}`, async () => {
      const { mock, chat } = held(name);
      const session = await chat.createSession({ prompt: "Oil?" });
      const done = await chat.pollSession(session, { intervalMs: 1 });
      assert.equal(done.status, "active");
      const statuses = [];
      for await (const state of chat.watchSession(session)) statuses.push(state.status);
      assert.deepEqual(statuses, ["active"]);
      const answer = await chat.ask("Gas?", { intervalMs: 1 });
      assert.equal(answer.text, "Deliveries rose.");
      for (const { headers } of mock.requests) assert.equal(headers["x-api-key"], KEY);
    });

    test(`${name} does not show the key`, async () => {
      const { chat } = held(name);
      // The first call starts to use the key.
      await chat.createSession({ prompt: "Oil?" });
      const all = { showHidden: true, showProxy: true, getters: true, depth: Infinity };
      for (const value of [chat, { chat }, [chat], new Map([[chat, chat]])]) {
        for (const text of [inspect(value), inspect(value, all), printed(value), cloned(value)]) {
          assert.ok(!text.includes(KEY), text);
        }
      }
      for (const text of reached(chat)) assert.ok(!text.includes(KEY), text);
    });
  }

  test("two clients in one state use their own keys", async () => {
    const keys = ["first-key-0123456789", "second-key-0123456789"];
    const mocks = keys.map((apiKey) => consumer.createMockApi({ apiKey }));
    const { holders, AieraChat } = consumer;
    const chats = keys.map((apiKey, at) =>
      holders["Vue's ref"](new AieraChat({ apiKey, fetch: mocks[at].fetch })),
    );
    await Promise.all(chats.map((chat) => chat.createSession({ prompt: "Oil?" })));
    const used = mocks.map((mock) => mock.requests[0].headers["x-api-key"]);
    assert.deepEqual(used, keys);
  });

  test("a class that extends the client works in Vue's ref", async () => {
    const mock = consumer.createMockApi({ apiKey: KEY });
    class Assistant extends consumer.AieraChat {
      /** @param {string} prompt */
      about(prompt) {
        return this.createSession({ prompt });
      }
    }
    const chat = new Assistant({ apiKey: KEY, fetch: mock.fetch });
    const session = await consumer.holders["Vue's ref"](chat).about("Oil?");
    assert.equal(session.initial_prompt.content, "Oil?");
  });
});

/** @param {unknown} value */
const printed = (value) => JSON.stringify(value) ?? "";

/**
 * A structured clone, or the error for a Proxy.
 * @param {unknown} value
 */
function cloned(value) {
  try {
    return inspect(structuredClone(value), { showHidden: true, depth: Infinity });
  } catch (error) {
    return String(error);
  }
}

/**
 * All values that own properties lead to, as text, including symbols, hidden properties and functions.
 * @param {unknown} value
 * @param {Set<unknown>} [visited]
 * @returns {string[]}
 */
function reached(value, visited = new Set()) {
  if (typeof value === "function" ? visited.has(value) : typeof value !== "object" || !value) {
    return [String(value)];
  }
  if (visited.has(value) || visited.size > 10_000) return [];
  visited.add(value);
  const texts = typeof value === "function" ? [String(value)] : [];
  for (const key of Reflect.ownKeys(/** @type {object} */ (value))) {
    const descriptor = Reflect.getOwnPropertyDescriptor(/** @type {object} */ (value), key);
    texts.push(String(key), ...reached(descriptor?.value, visited));
  }
  return texts;
}
