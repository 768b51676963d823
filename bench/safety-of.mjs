// @ts-check
// Prints what a client does in one bad case: safety-of.mjs <peer> <case>. The service is in the process.
import { inspect } from "node:util";
import { answer, connectOf, peer } from "./lib/peers.mjs";
import { send, serve } from "./lib/service.mjs";

const STALLED_MS = 6_000;
const KEY = "a-key-0123456789abcdef";
const [name, which] = process.argv.slice(2);
const me = peer(name);
const connect = await connectOf(me);
const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * How a promise has ended by then.
 * @param {Promise<unknown>} promise
 * @param {number} ms
 */
async function ending(promise, ms) {
  const began = performance.now();
  const since = () => Math.round(performance.now() - began);
  return Promise.race([
    promise.then(
      () => ({ end: "resolved", ms: since(), message: "" }),
      (error) => ({ end: "rejected", ms: since(), message: String(error?.message ?? error) }),
    ),
    sleep(ms).then(() => ({ end: "goes on", ms, message: "" })),
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

/** @param {boolean} once */
async function refusedCreate(once) {
  const create = (/** @type {import("./lib/service.mjs").Response} */ response) => {
    response.writeHead(503, { "Content-Type": "application/json" }).end('{"message":"busy"}');
    return true;
  };
  const { service, client } = await open({ polls: 1, faults: { create } }, { once });
  return { ...(await ending(client.create(), 20_000)), creates: service.seen.creates };
}

/** @type {Record<string, () => Promise<object>>} */
const CASES = {
  create: () => refusedCreate(false),
  "create-once": () => refusedCreate(true),

  async status() {
    const ask = (
      /** @type {import("./lib/service.mjs").Response} */ response,
      /** @type {{ id: number, origin: string }} */ { id, origin },
    ) => {
      send(response, answer(me, { id, stage: 9, origin }));
      return true;
    };
    const { service, client } = await open({ polls: 1, faults: { ask } });
    const ended = await ending(client.wait(await client.create()), 3_000);
    return { ...ended, asks: service.seen.asks };
  },

  async stall() {
    const ask = (
      /** @type {import("./lib/service.mjs").Response} */ response,
      /** @type {{ id: number, count: number }} */ { id, count },
    ) => {
      if (count > 1) return false;
      const { headers, body } = answer(me, { id, stage: 2 });
      response.writeHead(200, { ...headers, "Content-Length": body.length });
      response.write(body.slice(0, body.length / 2));
      return true;
    };
    const { service, client } = await open({ polls: 1, faults: { ask } }, { timeoutMs: 1_000 });
    const ended = await ending(client.wait(await client.create()), STALLED_MS);
    return { ...ended, asks: service.seen.asks };
  },

  async abort() {
    const { service, client } = await open({ polls: Infinity });
    const leave = new AbortController();
    const wait = client.wait(await client.create(), { intervalMs: 2_000, signal: leave.signal });
    wait.catch(() => {});
    while (!service.seen.asks) await sleep(10);
    await sleep(200);
    const asks = service.seen.asks;
    leave.abort();
    const ended = await ending(wait, 8_000);
    return { ...ended, asks: service.seen.asks - asks };
  },

  async redirect() {
    let leaked = false;
    let followed = false;
    const other = await serve(me, { polls: 1 });
    other.server.on("request", (/** @type {import("node:http").IncomingMessage} */ request) => {
      followed = true;
      leaked ||= (request.rawHeaders.join() + request.url).includes(KEY);
    });
    const ask = (
      /** @type {import("./lib/service.mjs").Response} */ response,
      /** @type {{ path: string }} */ { path },
    ) => {
      response.writeHead(307, { Location: other.baseUrl + path }).end();
      return true;
    };
    const { client } = await open({ polls: 1, faults: { ask } });
    const ended = await ending(client.wait(await client.create()), 3_000);
    return { ...ended, followed, leaked };
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
