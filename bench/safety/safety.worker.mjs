// @ts-check
// Prints how a client handles one fault: safety.worker.mjs <peer> <case> <seconds to observe it>. The service is in this
// process.
import { inspect } from "node:util";
import { send, serve } from "../lib/http-service.mjs";
import { loadConnect, peerNamed, responseOf } from "../lib/peers.mjs";

const KEY = "a-key-0123456789abcdef";
const [name, caseName, seconds] = process.argv.slice(2);
const OBSERVED_MS = Number(seconds) * 1_000;
const peer = peerNamed(name);
const connect = await loadConnect(peer);
const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @typedef {import("../lib/http-service.mjs").ServerResponse} ServerResponse */
/** @typedef {import("../lib/http-service.mjs").Fault} Fault */

/**
 * Waits until a promise settles or the observation ends.
 * @param {Promise<unknown>} promise
 * @returns {Promise<{ state: "resolved" | "rejected" | "pending", ms: number }>}
 */
async function observe(promise) {
  const start = performance.now();
  const state = await Promise.race([
    promise.then(
      () => /** @type {const} */ ("resolved"),
      () => /** @type {const} */ ("rejected"),
    ),
    sleep(OBSERVED_MS).then(() => /** @type {const} */ ("pending")),
  ]);
  return { state, ms: Math.round(performance.now() - start) };
}

/**
 * @param {Parameters<typeof serve>[1]} serviceOptions
 * @param {{ timeoutMs?: number, withoutRetries?: boolean }} [clientOptions]
 */
async function open(serviceOptions, clientOptions) {
  const service = await serve(peer, serviceOptions);
  const connection = connect({ baseUrl: service.baseUrl, key: KEY, ...clientOptions });
  return { service, connection };
}

/**
 * A create that fails each time.
 * @param {(response: ServerResponse) => void} fail
 * @param {boolean} [withoutRetries]
 */
async function failedCreate(fail, withoutRetries) {
  const create = (/** @type {ServerResponse} */ response) => {
    fail(response);
    return true;
  };
  const faults = { create };
  const { service, connection } = await open({ polls: 1, faults }, { withoutRetries });
  const outcome = await observe(connection.create());
  return { ...outcome, creates: service.requests.creates };
}

const refuse = (/** @type {number} */ status) => (/** @type {ServerResponse} */ response) =>
  response.writeHead(status, { "Content-Type": "application/json" }).end('{"message":"busy"}');

/**
 * Starts a poll and waits for its first request, since the sleep before it is not part of a case.
 * @param {Awaited<ReturnType<typeof open>>} opened
 * @param {Parameters<import("../lib/peers.mjs").Connection["poll"]>[1]} [options]
 */
async function startPoll({ service, connection }, options) {
  const poll = connection.poll(await connection.create(), options);
  poll.catch(() => {});
  while (!service.requests.polls) await sleep(10);
  // In an object, so that `await` does not wait for the poll.
  return { poll };
}

/** @type {Record<string, () => Promise<object>>} */
const CASES = {
  create: () => failedCreate(refuse(503)),
  createWithoutRetries: () => failedCreate(refuse(503), true),
  reset: () => failedCreate((response) => response.socket?.destroy()),
  rateLimited: () => failedCreate(refuse(429)),

  async unknownStatus() {
    /** @type {Fault} */
    const poll = (response, { id, origin }) => {
      send(response, responseOf(peer, { id, stage: 9, origin }));
      return true;
    };
    const { service, connection } = await open({ polls: 1, faults: { poll } });
    const outcome = await observe(connection.poll(await connection.create()));
    return { ...outcome, polls: service.requests.polls };
  },

  async stalledBody() {
    /** @type {Fault} */
    const poll = (response, { id, count }) => {
      if (count > 1) return false;
      const { headers, body } = responseOf(peer, { id, stage: 2 });
      response.writeHead(200, { ...headers, "Content-Length": body.length });
      response.write(body.slice(0, body.length / 2));
      return true;
    };
    const opened = await open({ polls: 1, faults: { poll } }, { timeoutMs: 1_000 });
    const outcome = await observe((await startPoll(opened)).poll);
    return { ...outcome, polls: opened.service.requests.polls };
  },

  async abort() {
    const opened = await open({ polls: Infinity });
    const { requests } = opened.service;
    const controller = new AbortController();
    const intervalMs = peer.fixedInterval ? undefined : 2_000;
    const { poll } = await startPoll(opened, { intervalMs, signal: controller.signal });
    await sleep(200);
    const pollsBefore = requests.polls;
    controller.abort();
    const outcome = await observe(poll);
    return { ...outcome, polls: requests.polls - pollsBefore };
  },

  async redirect() {
    let keySent = false;
    let followed = false;
    const target = await serve(peer, { polls: 1 });
    target.server.on("request", (/** @type {import("node:http").IncomingMessage} */ request) => {
      followed = true;
      keySent ||= (request.rawHeaders.join() + request.url).includes(KEY);
    });
    /** @type {Fault} */
    const redirect = (response, { path }) => {
      response.writeHead(307, { Location: target.baseUrl + path }).end();
      return true;
    };
    const { poll } = await startPoll(await open({ polls: 1, faults: { poll: redirect } }));
    return { ...(await observe(poll)), followed, keySent };
  },

  async print() {
    const { client } = (await open({ polls: 1 })).connection;
    if (!client) return { state: "no client object" };
    const toJson = () => {
      try {
        return JSON.stringify(client) ?? "";
      } catch {
        return "";
      }
    };
    return {
      logged: inspect(client).includes(KEY),
      loggedDeep: inspect(client, { depth: null }).includes(KEY),
      inJson: toJson().includes(KEY),
    };
  },
};

console.log(JSON.stringify(await CASES[caseName]()));
process.exit();
