// @ts-check
// Prints the milliseconds from the start of this process to the first answer: start.worker.mjs <peer> <base URL of its service>
import { loadConnect, peerNamed } from "../lib/peers.mjs";

const [name, baseUrl] = process.argv.slice(2);
const connection = (await loadConnect(peerNamed(name)))({ baseUrl, key: "a key" });
await connection.poll(await connection.create(), { intervalMs: 1 });
// This clock starts with the process, so the start of Node is included.
console.log(performance.now());
process.exit();
