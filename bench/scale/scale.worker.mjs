// @ts-check
// Prints the cost of many concurrent calls: scale.worker.mjs <peer> <calls> <ms of ramp-up> <ms of measurement>. The service
// is in this process; its responses take 20 ms. Needs Node's --expose-gc.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createInMemoryService } from "../lib/in-memory-service.mjs";
import { loadConnect, peerNamed } from "../lib/peers.mjs";
import { generationTimes, random } from "../lib/random.mjs";

const [name, ...numbers] = process.argv.slice(2);
const [CALLS, RAMP_UP_MS, MEASURE_MS] = numbers.map(Number);
const EXCHANGE_MS = 20;
const BATCH = 100;
/** An interval that keeps all calls asleep while their memory is measured. */
const ASLEEP_MS = 120_000;
/** Long enough for the last responses to arrive. */
const SETTLE_MS = 150;

const peer = peerNamed(name);
const connect = await loadConnect(peer);
/** @type {Parameters<typeof createInMemoryService>[1]} */
const service = { exchangeMs: 0, stageTimes: () => [0, Infinity] };
const { fetch, requests } = createInMemoryService(peer, service);
// Replaced globally, since one client has no option for `fetch`.
globalThis.fetch = fetch;
const collectGarbage = /** @type {any} */ (globalThis).gc;
const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
const open = () => connect({ baseUrl: "https://service.invalid", key: "a key", fetch });

const bytes = await measureMemory();
const load = await measureLoad();
console.log(JSON.stringify({ bytes, ...load }));
process.exit();

/** Measures the bytes of a call that sleeps between two polls. */
async function measureMemory() {
  const client = open();
  const created = [];
  for (let count = 0; count < CALLS; count += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, CALLS - count) }, () => client.create());
    created.push(...(await Promise.all(batch)));
  }
  service.exchangeMs = EXCHANGE_MS;
  // The first call allocates the shared memory.
  await pollOnce([await client.create()]);
  const before = await memoryInUse();
  await pollOnce(created);
  await sleep(SETTLE_MS);
  return ((await memoryInUse()) - before) / CALLS;
}

/**
 * Starts calls and waits until each has sent one poll.
 * @param {any[]} created
 */
async function pollOnce(created) {
  const client = open();
  const polls = requests.polls;
  for (const one of created) client.poll(one, { intervalMs: ASLEEP_MS }).catch(() => {});
  while (requests.polls < polls + created.length) await sleep(50);
}

/** The bytes in use, including the WebAssembly module's memory. */
async function memoryInUse() {
  for (let time = 0; time < 3; time++) {
    collectGarbage();
    await sleep(50);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Measures CPU, requests and event-loop delay while each call runs one session after another. */
async function measureLoad() {
  const times = generationTimes(CALLS);
  /** @type {Map<number, [number, number]>} */
  const stageTimes = new Map();
  service.stageTimes = (id) => {
    const { ms, findingShare } = times[id % times.length];
    const now = Date.now();
    if (!stageTimes.has(id)) stageTimes.set(id, [now + ms * findingShare, now + ms]);
    return stageTimes.get(id) ?? [0, 0];
  };
  const client = open();
  const runSessions = async () => {
    for (;;) await client.poll(await client.create());
  };
  // Calls start at random times. Otherwise clients without jitter would always poll simultaneously.
  const next = random(1);
  for (let call = 0; call < CALLS; call++) setTimeout(runSessions, next() * RAMP_UP_MS);
  await sleep(RAMP_UP_MS);

  const delay = monitorEventLoopDelay({ resolution: 1 });
  const [pollsBefore, cpuBefore] = [requests.polls, process.cpuUsage()];
  delay.enable();
  await sleep(MEASURE_MS);
  delay.disable();
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    requests: (requests.polls - pollsBefore) / CALLS / (MEASURE_MS / 1_000),
    cpus: (user + system) / 1_000 / MEASURE_MS,
    delay: delay.percentile(50) / 1e6,
    delay99: delay.percentile(99) / 1e6,
  };
}
