// @ts-check
// A peer's service as a process of its own, so that its work is not counted with the client's:
// server.mjs <peer> <polls> <bytes>
import { peer } from "./lib/peers.mjs";
import { serve } from "./lib/service.mjs";

const [name, polls, bytes] = process.argv.slice(2);
const { baseUrl } = await serve(peer(name), { polls: Number(polls), bytes: Number(bytes) });
console.log(baseUrl);
