// @ts-check
// A process from its start to its first answer, for what it takes: start-of.mjs <peer> <address of its service>
import { connectOf, peer } from "./lib/peers.mjs";

const [name, baseUrl] = process.argv.slice(2);
const connection = (await connectOf(peer(name)))({ baseUrl, key: "a key" });
await connection.wait(await connection.create(), { intervalMs: 1 });
// Since the process began: the loading of Node itself is in it.
console.log(performance.now());
process.exit();
