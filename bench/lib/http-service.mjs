// @ts-check
// A peer's service over HTTP on loopback. A job is done with its n-th poll. Unless `unchanged` is set, each response differs
// from the previous one, as if the session had changed.
import { createServer } from "node:http";
import { responseOf } from "./peers.mjs";

/** @typedef {{ body: string | Uint8Array, type: string }} Page */
/** @typedef {import("node:http").ServerResponse} ServerResponse */
/**
 * Responds to a request, or returns false for the usual response.
 * @typedef {(response: ServerResponse, request: { id: number, path: string, origin: string, count: number }) => boolean} Fault
 */

/**
 * @param {import("./peers.mjs").Peer} peer
 * @param {object} options
 * @param {number} options.polls the number of polls until a job is done
 * @param {number} [options.bytes] the approximate size of each response that can carry the result
 * @param {boolean} [options.unchanged] whether all responses but the last are equal
 * @param {Record<string, Page>} [options.pages] files to serve, by path
 * @param {Partial<Record<"create" | "poll", Fault>>} [options.faults]
 */
export async function serve(
  peer,
  { polls, bytes = 0, unchanged = false, pages = {}, faults = {} },
) {
  const messages = Array.from({ length: Math.floor(bytes / 1_000) }, (_, id) => ({
    id,
    message_type: "response",
    text: "x".repeat(940),
  }));
  /** @type {number[]} the polls of each job; a job's id is its position, from 1 */
  const pollsOfJobs = [];
  const requests = { creates: 0, polls: 0 };

  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const origin = `http://${request.headers.host}`;
    const poll = peer.pollPath.exec(path);
    const page = pages[path];
    request.resume();
    if (page) {
      response.setHeader("Content-Type", page.type);
      response.end(page.body);
    } else if (request.method === "POST" && peer.createPath.test(path)) {
      requests.creates++;
      const id = pollsOfJobs.push(0);
      if (faults.create?.(response, { id, path, origin, count: requests.creates })) return;
      send(response, responseOf(peer, { id, stage: 0, origin }));
    } else if (poll) {
      requests.polls++;
      const id = Number(poll[1]);
      if (faults.poll?.(response, { id, path, origin, count: requests.polls })) return;
      const count = (pollsOfJobs[id - 1] = (pollsOfJobs[id - 1] ?? 0) + 1);
      const job = {
        id,
        stage: count >= polls ? 2 : 1,
        origin,
        messages: peer.statusOnlyPath?.test(path) ? [] : messages,
        title: unchanged ? "unchanged" : `after ${requests.polls} polls`,
      };
      send(response, responseOf(peer, job));
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
    requests,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * @param {ServerResponse} response
 * @param {{ headers: Record<string, string>, body: string }} content
 */
export function send(response, { headers, body }) {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body);
}
