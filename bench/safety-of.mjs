// @ts-check
// Prints what a client does in one bad case: safety-of.mjs <peer> <case> <seconds that it is watched>. The service is in the
// process.
import { inspect } from "node:util";
import { answer, connectOf, peer } from "./lib/peers.mjs";
import { send, serve } from "./lib/service.mjs";

const KEY = "a-key-0123456789abcdef";
const [name, which, seconds] = process.argv.slice(2);
const WATCHED_MS = Number(seconds) * 1_000;
const me = peer(name);
const connect = await connectOf(me);
const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * How a promise has ended when it is watched no longer.
 * @param {Promise<unknown>} promise
 */
async function ending(promise) {
  const began = performance.now();
  const since = () => Math.round(performance.now() - began);
  return Promise.race([
    promise.then(
      () => ({ end: "resolved", ms: since(), message: "" }),
      (error) => ({ end: "rejected", ms: since(), message: String(error?.message ?? error) }),
    ),
    sleep(WATCHED_MS).then(() => ({ end: "goes on", ms: WATCHED_MS, message: "" })),
  ]);
}

/**
 * @param {Parameters<typeof serve>[1]} how
 * @param {{ timeoutMs?: number, once?: boolean }} [settings]
 */
async function open(how, settings) {
  const service = await serve(me, how);
  return { service, client: connect({ baseUrl: service.baseUrl, key: KEY, ...settings }) };
}

/** @typedef {import("./lib/service.mjs").Response} Response */

/**
 * A create that fails each time.
 * @param {(response: Response) => void} fail
 * @param {boolean} [once]
 */
async function failedCreate(fail, once) {
  const create = (/** @type {Response} */ response) => {
    fail(response);
    return true;
  };
  const { service, client } = await open({ polls: 1, faults: { create } }, { once });
  return { ...(await ending(client.create())), creates: service.seen.creates };
}
const refuse = (/** @type {number} */ status) => (/** @type {Response} */ response) =>
  response.writeHead(status, { "Content-Type": "application/json" }).end('{"message":"busy"}');

/**
 * A wait that has asked once: how long a client sleeps before that is no part of its case.
 * @param {Awaited<ReturnType<typeof open>>} of
 * @param {Parameters<import("./lib/peers.mjs").Connection["wait"]>[1]} [how]
 */
async function begun({ service, client }, how) {
  const wait = client.wait(await client.create(), how);
  wait.catch(() => {});
  while (!service.seen.asks) await sleep(10);
  return { wait };
}

/** @type {Record<string, () => Promise<object>>} */
const CASES = {
  create: () => failedCreate(refuse(503)),
  "create-once": () => failedCreate(refuse(503), true),
  reset: () => failedCreate((response) => response.socket?.destroy()),
  limited: () => failedCreate(refuse(429)),

  async status() {
    const ask = (
      /** @type {Response} */ response,
      /** @type {{ id: number, origin: string }} */ { id, origin },
    ) => {
      send(response, answer(me, { id, stage: 9, origin }));
      return true;
    };
    const { service, client } = await open({ polls: 1, faults: { ask } });
    const ended = await ending(client.wait(await client.create()));
    return { ...ended, asks: service.seen.asks };
  },

  async stall() {
    const ask = (
      /** @type {Response} */ response,
      /** @type {{ id: number, count: number }} */ { id, count },
    ) => {
      if (count > 1) return false;
      const { headers, body } = answer(me, { id, stage: 2 });
      response.writeHead(200, { ...headers, "Content-Length": body.length });
      response.write(body.slice(0, body.length / 2));
      return true;
    };
    const opened = await open({ polls: 1, faults: { ask } }, { timeoutMs: 1_000 });
    const ended = await ending((await begun(opened)).wait);
    return { ...ended, asks: opened.service.seen.asks };
  },

  async abort() {
    const opened = await open({ polls: Infinity });
    const { seen } = opened.service;
    const leave = new AbortController();
    const intervalMs = me.ownInterval ? undefined : 2_000;
    const { wait } = await begun(opened, { intervalMs, signal: leave.signal });
    await sleep(200);
    const asks = seen.asks;
    leave.abort();
    const ended = await ending(wait);
    return { ...ended, asks: seen.asks - asks };
  },

  async redirect() {
    let leaked = false;
    let followed = false;
    const other = await serve(me, { polls: 1 });
    other.server.on("request", (/** @type {import("node:http").IncomingMessage} */ request) => {
      followed = true;
      leaked ||= (request.rawHeaders.join() + request.url).includes(KEY);
    });
    const ask = (/** @type {Response} */ response, /** @type {{ path: string }} */ { path }) => {
      response.writeHead(307, { Location: other.baseUrl + path }).end();
      return true;
    };
    const { wait } = await begun(await open({ polls: 1, faults: { ask } }));
    return { ...(await ending(wait)), followed, leaked };
  },

  async print() {
    const { client } = await open({ polls: 1 });
    const it = client.client;
    if (!it) return { end: "no client" };
    const json = () => {
      try {
        return JSON.stringify(it) ?? "";
      } catch {
        return "";
      }
    };
    const shows = (/** @type {string} */ text) => text.includes(KEY);
    return {
      log: shows(inspect(it)),
      deep: shows(inspect(it, { depth: null })),
      json: shows(json()),
    };
  },
};

console.log(JSON.stringify(await CASES[which]()));
process.exit();
