// @ts-check
// Prints the cost of one poll: cost.worker.mjs <peer> <base URL of its service> <sessions> <polls of each>
import { PerformanceObserver } from "node:perf_hooks";
import { loadConnect, peerNamed } from "../lib/peers.mjs";

const [name, baseUrl, sessionCount, polls] = process.argv.slice(2);
const SESSIONS = Number(sessionCount);
const peer = peerNamed(name);
// A peer whose polls carry no result requests it separately.
const REQUESTS = Number(polls) + (peer.statusOnlyPath ? 1 : 0);

const memories = collectMemories();
/** @type {number[]} the times of garbage collections */
const collections = [];
new PerformanceObserver((list) =>
  collections.push(...list.getEntries().map((entry) => entry.startTime)),
).observe({ entryTypes: ["gc"] });

const connection = (await loadConnect(peer))({ baseUrl, key: "a key" });
const runSession = async () => connection.poll(await connection.create(), { intervalMs: 1 });
// The first session loads the module, connects, and warms up the compiler.
await runSession();

const sessions = [];
const cpuBefore = process.cpuUsage();
for (let session = 0; session < SESSIONS; session++) {
  const [start, heapBefore] = [performance.now(), process.memoryUsage().heapUsed];
  await runSession();
  const bytes = process.memoryUsage().heapUsed - heapBefore;
  sessions.push({ start, end: performance.now(), bytes });
}
const { user, system } = process.cpuUsage(cpuBefore);
// The observer is notified of collections with a delay.
await new Promise((resolve) => setTimeout(resolve, 20));
// A collection during a session hides some of its allocations.
const undisturbed = sessions.filter(
  ({ start, end }) => !collections.some((time) => start < time && time < end),
);
const allocated = undisturbed.reduce((sum, { bytes }) => sum + bytes, 0);
console.log(
  JSON.stringify({
    cpu: (user + system) / SESSIONS / REQUESTS,
    allocated: undisturbed.length ? allocated / undisturbed.length / REQUESTS : null,
    memory: [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0),
  }),
);

/**
 * Collects the memories of all modules that are instantiated from now on, including that of Node's `fetch`.
 * @returns {Set<WebAssembly.Memory>}
 */
function collectMemories() {
  /** @type {Set<WebAssembly.Memory>} */
  const memories = new Set();
  const { instantiate, Instance } = WebAssembly;
  const collect = (/** @type {WebAssembly.Instance} */ { exports }) => {
    for (const value of Object.values(exports)) {
      if (value instanceof WebAssembly.Memory) memories.add(value);
    }
  };
  WebAssembly.instantiate = async (/** @type {any} */ source, /** @type {any} */ imports) => {
    const result = /** @type {any} */ (await instantiate(source, imports));
    collect(result.instance ?? result);
    return result;
  };
  WebAssembly.Instance = new Proxy(Instance, {
    construct(target, args) {
      const instance = Reflect.construct(target, args);
      collect(instance);
      return instance;
    },
  });
  return memories;
}
