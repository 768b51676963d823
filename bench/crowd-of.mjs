// @ts-check
// Prints how many requests ten waiters on one session send: crowd-of.mjs <peer> <seconds>. The service is in the process, its
// answers 20 ms away.
import { serviceInside } from "./lib/inside.mjs";
import { connectOf, peer } from "./lib/peers.mjs";

const [name, seconds] = process.argv.slice(2);
const WAITERS = 10;

const which = peer(name);
const connect = await connectOf(which);
const { fetch, seen } = serviceInside(which, { exchangeMs: 20, dates: () => [0, Infinity] });
// For the client that takes none of the caller's.
globalThis.fetch = fetch;
const client = connect({ baseUrl: "https://service.invalid", key: "a key", fetch });
const shared = await client.create();
for (let waiter = 0; waiter < WAITERS; waiter++) client.wait(shared).catch(() => {});
await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1_000));
console.log(seen.asks);
process.exit();
