// @ts-check
// Prints what many waits at once take a client: scale-of.mjs <peer> <waits>. The service is in the process, its answers 20 ms
// away. Wants Node's --expose-gc.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { serviceInside } from "./lib/inside.mjs";
import { connectOf, peer } from "./lib/peers.mjs";
import { random } from "./lib/random.mjs";

const [name, waits] = process.argv.slice(2);
const WAITS = Number(waits);
const EXCHANGE_MS = 20;
const BATCH = 100;
const ASLEEP_MS = 120_000;
const ANSWERED_MS = 1_000;
const BEGIN_MS = 5_000;
const WATCHED_MS = 8_000;
const CROWD_MS = 5_000;
const WAITERS = 10;

const which = peer(name);
const connect = await connectOf(which);
const { fetch, seen } = serviceInside(which, { exchangeMs: EXCHANGE_MS, stageOf: () => 1 });
// For the client that takes none of the caller's.
globalThis.fetch = fetch;
const collect = /** @type {any} */ (globalThis).gc;
const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
const open = () => connect({ baseUrl: "https://service.invalid", key: "a key", fetch });

/** Bytes that are in use, the module's memory included. */
async function used() {
  for (let time = 0; time < 3; time++) {
    collect();
    await sleep(50);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/**
 * Starts waits, and waits until each has asked once.
 * @param {any[]} started
 * @param {{ intervalMs?: number }} [how]
 */
async function start(started, how) {
  const client = open();
  const asks = seen.asks;
  for (const one of started) client.wait(one, how).catch(() => {});
  while (seen.asks < asks + started.length) await sleep(50);
}

const client = open();
const started = [];
for (let count = 0; count < WAITS; count += BATCH) {
  started.push(...(await Promise.all(Array.from({ length: BATCH }, () => client.create()))));
}

// What is made once is not a wait's.
await start([await client.create()], { intervalMs: ASLEEP_MS });
const before = await used();
await start(started, { intervalMs: ASLEEP_MS });
await sleep(ANSWERED_MS);
const bytes = (await used()) - before;

const crowd = open();
const shared = await crowd.create();
const alone = seen.asks;
for (let waiter = 0; waiter < WAITERS; waiter++) crowd.wait(shared).catch(() => {});
await sleep(CROWD_MS);
const crowded = seen.asks - alone;

// They begin at some moment of five seconds: all at once they would go on in step, those without jitter for ever.
const next = random(1);
const busy = open();
for (const one of started) {
  setTimeout(() => busy.wait(one).catch(() => {}), next() * BEGIN_MS);
}
await sleep(BEGIN_MS);
const delay = monitorEventLoopDelay({ resolution: 1 });
const [asked, cpu] = [seen.asks, process.cpuUsage()];
delay.enable();
await sleep(WATCHED_MS);
delay.disable();
const { user, system } = process.cpuUsage(cpu);
const requests = seen.asks - asked;

console.log(
  JSON.stringify({
    bytes: bytes / WAITS,
    requests: requests / WAITS / (WATCHED_MS / 1_000),
    busy: (user + system) / 1_000 / WATCHED_MS,
    crowded,
    middle: delay.percentile(50) / 1e6,
    most: delay.percentile(99) / 1e6,
  }),
);
process.exit();
