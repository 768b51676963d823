// @ts-check
// A session that becomes active with its n-th request, n and the bytes of its answer being what the headers say. A process
// of its own, so that its work is not counted with the client's.
import { createServer } from "node:http";

/** @type {Map<string, number>} */
const seen = new Map();
/** @type {Map<number, unknown[]>} */
const messages = new Map();

/** @param {number} bytes */
function messagesOf(bytes) {
  let found = messages.get(bytes);
  if (!found) {
    const count = Math.floor(bytes / 1_000);
    found = Array.from({ length: count }, (_, id) => ({
      id,
      message_type: "response",
      text: "x".repeat(940),
    }));
    messages.set(bytes, found);
  }
  return found;
}

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  const count = (seen.get(pathname) ?? 0) + 1;
  seen.set(pathname, count);
  const [polls, bytes] = ["x-polls", "x-bytes"].map((name) => Number(request.headers[name]));
  const id = Number(pathname.split("/").at(-1));
  const status = count % polls === 0 ? "active" : "generating_response";
  // Each differs from the one before, as if the session had changed.
  const session = { id, status, title: `after ${count} requests`, messages: messagesOf(bytes) };
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify(session));
});
server.listen(0, "127.0.0.1", () => {
  console.log(/** @type {import("node:net").AddressInfo} */ (server.address()).port);
});
