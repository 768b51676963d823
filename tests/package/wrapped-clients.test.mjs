// @ts-check
// Clients in reactive state and in output: a client works as a Proxy's target and as a prototype, and no output shows the key.
// Rules: 11.
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";
import { OPERATIONS } from "../support/operations.mjs";
import { BASE_URL, call, client, KEY, PAYLOADS, pkg, rejection, SESSION_ID } from "./harness.mjs";

const { AieraChat } = pkg;

/**
 * A Proxy whose properties are Proxies in turn, as in the state of Vue, Pinia, Valtio and MobX.
 * @param {any} target
 * @returns {any}
 */
function reactive(target) {
  return new Proxy(target, {
    get(target, name, receiver) {
      const value = Reflect.get(target, name, receiver);
      return typeof value === "object" && value !== null ? reactive(value) : value;
    },
  });
}

/** @type {Record<string, (chat: any) => any>} */
const WRAPPINGS = {
  "a Proxy without traps": (chat) => new Proxy(chat, {}),
  "a Proxy of a Proxy": (chat) => new Proxy(new Proxy(chat, {}), {}),
  "a deeply reactive Proxy": (chat) => reactive({ chat }).chat,
  "a prototype": (chat) => Object.create(chat),
  "a prototype behind a Proxy": (chat) => new Proxy(Object.create(chat), {}),
  "a frozen object": (chat) => Object.freeze(chat),
  "a Proxy of a frozen object": (chat) => reactive({ chat: Object.freeze(chat) }).chat,
};

for (const [wrapping, wrap] of Object.entries(WRAPPINGS)) {
  test(`every call works on a client as ${wrapping}`, async () => {
    for (const operation of OPERATIONS) {
      const { chat, requests } = client(() => Response.json(PAYLOADS[operation.payload]));
      await call(wrap(chat), operation);
      assert.equal(requests.length, 1);
      assert.equal(new Headers(requests[0]?.init.headers).get("x-api-key"), KEY);
    }
    const { chat } = client(() => Response.json(PAYLOADS.session));
    const wrapped = wrap(chat);
    const statuses = [];
    for await (const { status } of wrapped.watchSession(SESSION_ID)) statuses.push(status);
    assert.deepEqual(statuses, ["active"]);
    assert.equal((await rejection(wrapped.ask("?"))).code, "no_answer");
    assert.ok(wrapped instanceof AieraChat);
  });
}

test("a client and its wrapping share one stream of requests", async () => {
  const { chat, requests } = client(() => Response.json(PAYLOADS.session));
  await Promise.all([
    chat.pollSession(SESSION_ID),
    new Proxy(chat, {}).pollSession(SESSION_ID),
    Object.create(chat).pollSession(SESSION_ID),
  ]);
  assert.equal(requests.length, 1);
});

test("a subclass works", async () => {
  class Mine extends AieraChat {
    /** @param {any} params */
    createSession(params) {
      return super.createSession({ ...params, title: "mine" });
    }
  }
  /** @type {string[]} */
  const bodies = [];
  const fetch = async (/** @type {any} */ _, /** @type {any} */ init) => {
    bodies.push(init.body);
    return Response.json(PAYLOADS.session);
  };
  const chat = new /** @type {any} */ (Mine)({ fetch });
  await chat.createSession({ prompt: "?" });
  assert.deepEqual(bodies, ['{"prompt":"?","title":"mine"}']);
});

test("the message of a method without a client says how to call it", async () => {
  for (const { name, args } of OPERATIONS) {
    for (const receiver of [undefined, null, {}, 5]) {
      const promise = AieraChat.prototype[name].apply(receiver, args(SESSION_ID));
      const error = await rejection(Promise.resolve(promise));
      assert.equal(error.code, "invalid_argument");
      assert.match(error.message, new RegExp(`chat\\.${name}\\(…\\)`));
    }
  }
});

/** The ways to print a value. @type {Record<string, (value: any) => string>} */
const PRINTS = {
  inspect: (value) => inspect(value, { depth: null }),
  "inspect with hidden properties": (value) =>
    inspect(value, { depth: null, showHidden: true, showProxy: true, getters: true }),
  "JSON.stringify": (value) => JSON.stringify(value),
  structuredClone: (value) => {
    try {
      return inspect(structuredClone(value), { depth: null, showHidden: true });
    } catch (error) {
      return inspect(error, { depth: null, showHidden: true });
    }
  },
  String: (value) => String(value),
  "its own properties": (value) =>
    Reflect.ownKeys(value)
      .map((name) => inspect(Reflect.get(value, name), { depth: null, showHidden: true }))
      .join(),
  "its property descriptors": (value) =>
    inspect(Object.getOwnPropertyDescriptors(value), { depth: null, showHidden: true }),
};

for (const [print, run] of Object.entries(PRINTS)) {
  test(`${print} does not show the key of a client`, async () => {
    const { chat } = client(() => Response.json(PAYLOADS.session));
    const provided = new AieraChat({ apiKey: async () => KEY, baseUrl: BASE_URL });
    for (const isUsed of [false, true]) {
      if (isUsed) await chat.pollSession(SESSION_ID);
      for (const one of [chat, provided, ...Object.values(WRAPPINGS).map((wrap) => wrap(chat))]) {
        const printed = run(one);
        assert.ok(!printed.includes(KEY), printed);
      }
    }
  });
}
