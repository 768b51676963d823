// @ts-check
// The clients that are measured: all, or those that BENCH_PEERS names, with commas between them.
import { peer, PEERS } from "./peers.mjs";

export function chosen() {
  const asked = process.env.BENCH_PEERS;
  return asked ? asked.split(",").map((name) => peer(name.trim())) : PEERS;
}
