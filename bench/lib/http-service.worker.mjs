// @ts-check
// Serves a peer's API and prints the address: http-service.worker.mjs <peer> <options as JSON>
import { serve } from "./http-service.mjs";
import { peerNamed } from "./peers.mjs";

const [name, options] = process.argv.slice(2);
const { baseUrl } = await serve(peerNamed(name), JSON.parse(options));
console.log(baseUrl);
