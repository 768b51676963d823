// @ts-check
// A peer's service on a real port: work is done with the n-th request for it. Every answer differs from the one before, as if
// the session had changed, unless it is to stay the same.
import { createServer } from "node:http";
import { answer } from "./peers.mjs";

/** @typedef {{ body: string | Uint8Array, type: string }} Page */
/** @typedef {import("node:http").ServerResponse} Response */
/**
 * Answers in its own way, or says that it does not.
 * @typedef {(response: Response, of: { id: number, path: string, origin: string, count: number }) => boolean} Fault
 */

/**
 * @param {import("./peers.mjs").Peer} peer
 * @param {object} how
 * @param {number} how.polls with how many requests work is done
 * @param {number} [how.bytes] about how large each answer to a poll is that could carry the result
 * @param {boolean} [how.still] whether an answer is the same as the one before, but for the last
 * @param {Record<string, Page>} [how.pages] what else is served, by path
 * @param {Partial<Record<"create" | "ask", Fault>>} [how.faults] what is done in place of answering
 */
export async function serve(peer, { polls, bytes = 0, still = false, pages = {}, faults = {} }) {
  const messages = Array.from({ length: Math.floor(bytes / 1_000) }, (_, id) => ({
    id,
    message_type: "response",
    text: "x".repeat(940),
  }));
  /** @type {number[]} by id */
  const asks = [];
  const seen = { creates: 0, asks: 0 };

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const origin = `http://${request.headers.host}`;
    const asked = peer.asks.exec(pathname);
    const page = pages[pathname];
    request.resume();
    if (page) {
      response.setHeader("Content-Type", page.type);
      response.end(page.body);
    } else if (request.method === "POST" && peer.creates.test(pathname)) {
      seen.creates++;
      const id = asks.push(0);
      if (faults.create?.(response, { id, path: pathname, origin, count: seen.creates })) return;
      send(response, answer(peer, { id, stage: 0, origin }));
    } else if (asked) {
      seen.asks++;
      const id = Number(asked[1]);
      if (faults.ask?.(response, { id, path: pathname, origin, count: seen.asks })) return;
      const count = (asks[id - 1] = (asks[id - 1] ?? 0) + 1);
      const stage = count >= polls ? 2 : 1;
      const carried = peer.bare?.test(pathname) ? [] : messages;
      const title = still ? "the same" : `after ${seen.asks}`;
      send(response, answer(peer, { id, stage, origin, messages: carried, title }));
    } else {
      response.writeHead(404).end("{}");
    }
  });
  server.keepAliveTimeout = 60_000;
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    server,
    seen,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * @param {Response} response
 * @param {{ headers: Record<string, string>, body: string }} answer
 */
export function send(response, { headers, body }) {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body);
}
