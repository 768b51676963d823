// @ts-check
// A peer's service without a network: a `fetch` whose answers come after a given time, from whatever clock is installed. It
// holds a create open and streams a status for the clients that ask for it.
import { answer } from "./peers.mjs";

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
const untilDate = (/** @type {number} */ date) => sleep(Math.ceil(date - Date.now()));

/**
 * @param {import("./peers.mjs").Peer} peer
 * @param {{ exchangeMs: number, dates: (id: number) => [number, number] }} how may be altered later; the dates are when work goes
 *   on, and when it is done, and are asked for at the exchange's middle
 */
export function serviceInside(peer, how) {
  const seen = { creates: 0, asks: 0 };
  const travel = () => sleep(how.exchangeMs / 2);
  const stageOf = (/** @type {number} */ id) =>
    how.dates(id).filter((date) => date <= Date.now()).length;

  /** Its status as server-sent events, each as it changes. */
  const streamed = (/** @type {(stage: number) => string} */ event, /** @type {number} */ id) =>
    new ReadableStream({
      async start(stream) {
        for (let stage = stageOf(id); ; stage++) {
          await travel();
          stream.enqueue(new TextEncoder().encode(`data: ${event(stage)}\n\n`));
          if (stage === 2) return stream.close();
          await untilDate(how.dates(id)[stage]);
        }
      },
    });

  /** @type {typeof globalThis.fetch} */
  const fetch = async (input, init) => {
    const request = input instanceof Request ? input : new Request(input, init);
    const { pathname, origin } = new URL(request.url);
    const asked = peer.asks.exec(pathname);
    const create = request.method === "POST" && peer.creates.test(pathname);
    if (!asked && !create) return new Response("{}", { status: 404 });
    await travel();
    const id = asked ? Number(asked[1]) : seen.creates + 1;
    seen[asked ? "asks" : "creates"]++;
    const at = (/** @type {number} */ stage) => answer(peer, { id, stage, origin });
    if (pathname.endsWith("/stream")) {
      const headers = { "Content-Type": "text/event-stream" };
      return new Response(
        streamed((stage) => at(stage).body, id),
        { headers },
      );
    }
    const held = /^wait=(\d+)$/.exec(request.headers.get("Prefer") ?? "");
    if (held) await untilDate(Math.min(how.dates(id)[1], Date.now() + Number(held[1]) * 1_000));
    const { body, headers } = at(asked || held ? stageOf(id) : 0);
    await travel();
    return new Response(body, { headers });
  };
  return { fetch, seen };
}
