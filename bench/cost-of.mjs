// @ts-check
// Prints what one poll took a client: cost-of.mjs <peer> <address of its service> <sessions> <polls of each>. For
// what it allocates, Node wants a nursery in which all of that fits.
import { PerformanceObserver } from "node:perf_hooks";
import { connectOf, peer } from "./lib/peers.mjs";

const [name, baseUrl, sessionCount, polls] = process.argv.slice(2);
const SESSIONS = Number(sessionCount);
const me = peer(name);
// Those whose polls never carry the result ask for it once more.
const requests = Number(polls) + (me.bare ? 1 : 0);

/** @type {WebAssembly.Memory[]} Node's own fetch has one too */
const memories = [];
const { instantiate } = WebAssembly;
WebAssembly.instantiate = async (/** @type {any} */ module, /** @type {any} */ imports) => {
  const made = /** @type {any} */ (await instantiate(module, imports));
  const things = Object.values((made.instance ?? made).exports);
  memories.push(...things.filter((thing) => thing instanceof WebAssembly.Memory));
  return made;
};
/** @type {number[]} when */
const collections = [];
new PerformanceObserver((list) =>
  collections.push(...list.getEntries().map((entry) => entry.startTime)),
).observe({ entryTypes: ["gc"] });

const connection = (await connectOf(me))({ baseUrl, key: "a key" });
const once = async () => connection.wait(await connection.create(), { intervalMs: 1 });
// The first one compiles, connects and warms up.
await once();
const sessions = [];
const before = process.cpuUsage();
for (let session = 0; session < SESSIONS; session++) {
  const [from, heap] = [performance.now(), process.memoryUsage().heapUsed];
  await once();
  sessions.push({ from, to: performance.now(), bytes: process.memoryUsage().heapUsed - heap });
}
const { user, system } = process.cpuUsage(before);
// Collections are told of a little later; what one took away is not in its session's difference.
await new Promise((resolve) => setTimeout(resolve, 20));
const whole = sessions.filter(({ from, to }) => !collections.some((at) => from < at && at < to));
console.log(
  JSON.stringify({
    cpu: (user + system) / SESSIONS / requests,
    allocated: whole.length
      ? whole.reduce((sum, { bytes }) => sum + bytes, 0) / whole.length / requests
      : null,
    memory: memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0),
  }),
);
