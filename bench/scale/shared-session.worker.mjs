// @ts-check
// Prints the number of polls that ten callers on one session send: shared-session.worker.mjs <peer> <seconds>. The service is
// in this process; its responses take 20 ms.
import { createInMemoryService } from "../lib/in-memory-service.mjs";
import { loadConnect, peerNamed } from "../lib/peers.mjs";

const [name, seconds] = process.argv.slice(2);
const CALLERS = 10;

const peer = peerNamed(name);
const connect = await loadConnect(peer);
const { fetch, requests } = createInMemoryService(peer, {
  exchangeMs: 20,
  stageTimes: () => [0, Infinity],
});
// Replaced globally, since one client has no option for `fetch`.
globalThis.fetch = fetch;
const client = connect({ baseUrl: "https://service.invalid", key: "a key", fetch });
const created = await client.create();
for (let caller = 0; caller < CALLERS; caller++) client.poll(created).catch(() => {});
await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1_000));
console.log(requests.polls);
process.exit();
