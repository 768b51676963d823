// @ts-check
// A peer's service as a process of its own, so that its work is not counted with the client's:
// server.mjs <peer> <how it serves, as JSON>
import { peer } from "./lib/peers.mjs";
import { serve } from "./lib/service.mjs";

const [name, how] = process.argv.slice(2);
const { baseUrl } = await serve(peer(name), JSON.parse(how));
console.log(baseUrl);
