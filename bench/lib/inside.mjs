// @ts-check
// A peer's service without a network: a `fetch` whose answers come after a given time, from whatever clock is installed.
import { answer } from "./peers.mjs";

/**
 * @param {import("./peers.mjs").Peer} peer
 * @param {{ exchangeMs: number, stageOf: (id: number) => number }} how the stage is asked for at the exchange's middle
 */
export function serviceInside(peer, { exchangeMs, stageOf }) {
  const seen = { creates: 0, asks: 0 };
  let created = 0;
  const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

  /** @type {typeof globalThis.fetch} */
  const fetch = async (input, init) => {
    const request = input instanceof Request ? input : new Request(input, init);
    const { pathname, origin } = new URL(request.url);
    const asked = peer.asks.exec(pathname);
    const create = request.method === "POST" && peer.creates.test(pathname);
    if (!asked && !create) return new Response("{}", { status: 404 });
    await sleep(exchangeMs / 2);
    const id = asked ? Number(asked[1]) : ++created;
    seen[asked ? "asks" : "creates"]++;
    const { body, headers } = answer(peer, { id, stage: asked ? stageOf(id) : 0, origin });
    await sleep(exchangeMs / 2);
    return new Response(body, { headers });
  };
  return { fetch, seen };
}
