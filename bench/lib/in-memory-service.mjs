// @ts-check
// A peer's service as a `fetch`, without a network. It uses the installed clock. It holds a create open and streams a status
// for clients that request this.
import { responseOf } from "./peers.mjs";

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
const sleepUntil = (/** @type {number} */ time) => sleep(Math.ceil(time - Date.now()));

/**
 * @param {import("./peers.mjs").Peer} peer
 * @param {{ exchangeMs: number, stageTimes: (id: number) => [number, number] }} options
 *   `exchangeMs` is the duration of one HTTP exchange, `stageTimes` the times at which a job's second and third stages begin;
 *   both are read at each request, so that the caller can change them
 */
export function createInMemoryService(peer, options) {
  const requests = { creates: 0, polls: 0 };
  const travel = () => sleep(options.exchangeMs / 2);
  const stageOf = (/** @type {number} */ id) =>
    options.stageTimes(id).filter((time) => time <= Date.now()).length;

  /** Streams a job's status as server-sent events, one for each stage. */
  const stream = (/** @type {(stage: number) => string} */ event, /** @type {number} */ id) =>
    new ReadableStream({
      async start(controller) {
        for (let stage = stageOf(id); ; stage++) {
          await travel();
          controller.enqueue(new TextEncoder().encode(`data: ${event(stage)}\n\n`));
          if (stage === 2) return controller.close();
          await sleepUntil(options.stageTimes(id)[stage]);
        }
      },
    });

  /** @type {typeof globalThis.fetch} */
  const fetch = async (input, init) => {
    const request = input instanceof Request ? input : new Request(input, init);
    const { pathname, origin } = new URL(request.url);
    const poll = peer.pollPath.exec(pathname);
    const isCreate = request.method === "POST" && peer.createPath.test(pathname);
    if (!poll && !isCreate) return new Response("{}", { status: 404 });
    await travel();
    const id = poll ? Number(poll[1]) : requests.creates + 1;
    requests[poll ? "polls" : "creates"]++;
    const at = (/** @type {number} */ stage) => responseOf(peer, { id, stage, origin });
    if (pathname.endsWith("/stream")) {
      const headers = { "Content-Type": "text/event-stream" };
      return new Response(
        stream((stage) => at(stage).body, id),
        { headers },
      );
    }
    const hold = /^wait=(\d+)$/.exec(request.headers.get("Prefer") ?? "");
    if (hold) {
      await sleepUntil(Math.min(options.stageTimes(id)[1], Date.now() + Number(hold[1]) * 1_000));
    }
    const { body, headers } = at(poll || hold ? stageOf(id) : 0);
    await travel();
    return new Response(body, { headers });
  };
  return { fetch, requests };
}
