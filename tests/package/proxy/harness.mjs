// Helpers of the proxy's tests: an upstream that records its requests, the proxy on a port, and raw sockets.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { after } from "node:test";
import { createProxyHandler } from "../../../pkg-template/src/proxy/index.js";
import { toNodeListener } from "../../../pkg-template/src/proxy/node.js";

export const KEY = 'sk-live/4f9A"c7+d2&81e6=Zz';
export const SESSION = '{"id": 2229,  "status":"active", "note":"é\\u00e9"}';

const closers = [];
after(() => {
  for (const close of closers) close();
});

export async function listen(listener) {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address();
  return { server, port, url: `http://127.0.0.1:${port}` };
}

/** An upstream that logs each request with its body; `respond` writes the response. */
export async function upstream(respond = (_, res) => json(res, 200, SESSION)) {
  const log = [];
  const { url, port } = await listen((req, res) => {
    const entry = {
      method: req.method,
      url: req.url,
      headers: req.headers,
      body: "",
      closed: false,
    };
    log.push(entry);
    res.on("close", () => (entry.closed = !res.writableFinished));
    req.on("data", (chunk) => (entry.body += chunk));
    req.on("end", () => respond(req, res, entry));
  });
  return { url: `${url}/api`, port, log };
}

export function json(res, status, body, headers = {}) {
  res.writeHead(status, { "content-type": "application/json", ...headers });
  res.end(body);
}

/** An upstream behind the proxy. */
export async function proxied(options = {}, respond = undefined) {
  const up = await upstream(respond);
  const handler = createProxyHandler({ apiKey: KEY, baseUrl: up.url, ...options });
  const { url, port } = await listen(toNodeListener(handler));
  return { ...up, base: url, port, handler, sessions: `${url}/any/where/chat-v1/sessions` };
}

export const post = (body, headers = {}) => ({
  method: "POST",
  headers: { "content-type": "application/json", ...headers },
  body,
});

/** Resolves when the connection is closed, even by a reset: `once` would reject with its error. */
export const closed = (socket) => new Promise((resolve) => socket.once("close", resolve));

/** Sends bytes unchanged; resolves with the bytes that arrive until `lingerMs` after the head of the first response. */
export async function raw(port, text, { lingerMs = 0 } = {}) {
  const socket = connect(port, "127.0.0.1");
  let received = "";
  socket.on("data", (chunk) => {
    const first = !received.includes("\r\n\r\n");
    received += chunk.toString("latin1");
    if (first && received.includes("\r\n\r\n")) setTimeout(() => socket.destroy(), lingerMs);
  });
  socket.on("error", () => {});
  socket.setTimeout(10_000, () => socket.destroy());
  socket.write(text, "latin1");
  await closed(socket);
  return received;
}

export const statusOf = (text) => Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);

export async function until(check, description) {
  for (let i = 0; i < 1000; i++) {
    if (check()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`did not happen: ${description}`);
}
