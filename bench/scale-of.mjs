// @ts-check
// Prints what many waits at once take a client: scale-of.mjs <peer> <waits> <ms until it is watched> <ms that it is>. The service
// is in the process, its answers 20 ms away. Wants Node's --expose-gc.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { serviceInside } from "./lib/inside.mjs";
import { connectOf, peer } from "./lib/peers.mjs";
import { generationTimes, random } from "./lib/random.mjs";

const [name, ...numbers] = process.argv.slice(2);
const [WAITS, BEGIN_MS, WATCHED_MS] = numbers.map(Number);
const EXCHANGE_MS = 20;
const BATCH = 100;
const ASLEEP_MS = 120_000;
const ANSWERED_MS = 150;

const which = peer(name);
const connect = await connectOf(which);
/** @type {Parameters<typeof serviceInside>[1]} */
const how = { exchangeMs: 0, dates: () => [0, Infinity] };
const { fetch, seen } = serviceInside(which, how);
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
  const batch = Array.from({ length: Math.min(BATCH, WAITS - count) }, () => client.create());
  started.push(...(await Promise.all(batch)));
}

// The creates are not what is measured: they took no time.
how.exchangeMs = EXCHANGE_MS;
// What is made once is not a wait's.
await start([await client.create()], { intervalMs: ASLEEP_MS });
const before = await used();
await start(started, { intervalMs: ASLEEP_MS });
await sleep(ANSWERED_MS);
const bytes = (await used()) - before;

// Whoever has an answer asks anew. They begin at different moments: all at once they would go on in step, those without jitter
// for ever.
const times = generationTimes(WAITS);
/** @type {Map<number, [number, number]>} */
const dates = new Map();
how.dates = (id) => {
  const { ms, finding } = times[id % times.length];
  const begun = Date.now();
  if (!dates.has(id)) dates.set(id, [begun + ms * finding, begun + ms]);
  return dates.get(id) ?? [0, 0];
};
const next = random(1);
const busy = open();
async function ask() {
  for (;;) await busy.wait(await busy.create());
}
for (let wait = 0; wait < WAITS; wait++) setTimeout(ask, next() * BEGIN_MS);
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
    usual: delay.percentile(50) / 1e6,
    late: delay.percentile(99) / 1e6,
  }),
);
process.exit();
