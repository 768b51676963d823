// @ts-check
// A peer's service on a real port: work is done with the n-th request for it. Every answer differs from the one before, as if
// the session had changed.
import { createServer } from "node:http";
import { answer } from "./peers.mjs";

/** @typedef {{ body: string | Uint8Array, type: string }} Page */

/**
 * @param {import("./peers.mjs").Peer} peer
 * @param {{ polls: number, bytes?: number, pages?: Record<string, Page> }} how when work is done, about how large each
 *   answer to a poll is, and what else is served, by path
 */
export async function serve(peer, { polls, bytes = 0, pages = {} }) {
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
      send(response, answer(peer, { id, stage: 0, origin }));
    } else if (asked) {
      seen.asks++;
      const id = Number(asked[1]);
      const stage = ++asks[id - 1] >= polls ? 2 : 1;
      send(response, answer(peer, { id, stage, origin, messages, title: `after ${seen.asks}` }));
    } else {
      response.writeHead(404).end("{}");
    }
  });
  server.keepAliveTimeout = 60_000;
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    seen,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * @param {import("node:http").ServerResponse} response
 * @param {{ headers: Record<string, string>, body: string }} answer
 */
function send(response, { headers, body }) {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body);
}
