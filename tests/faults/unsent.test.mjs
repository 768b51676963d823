// @ts-check
// Requests that certainly never left, with Node's `fetch`. Every operation fails with `network` and is retryable; the message
// has the deepest cause's text. Rules: 1.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import net from "node:net";
import { before, describe, test } from "node:test";
import { certificate } from "../consumers/certificate.mjs";
import { OPERATIONS, assertFailure, call, rejection, warmUp } from "./harness.mjs";
import { refusedUrl } from "./server.mjs";

before(warmUp);

/**
 * The address of a server on a free port.
 * @param {import("node:test").TestContext} t
 * @param {net.Server} server
 * @param {string} scheme
 */
async function addressOf(t, server, scheme) {
  /** @type {Set<net.Socket>} */
  const sockets = new Set();
  server.on("connection", (socket) => sockets.add(socket.on("error", () => {})));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  return `${scheme}://127.0.0.1:${port}`;
}

/**
 * The faults: the base URL, and the text of the deepest cause.
 * @type {Record<string, { baseUrl: (t: import("node:test").TestContext) => string | Promise<string>, text: RegExp }>}
 */
const FAULTS = {
  "a refused connection": {
    baseUrl: refusedUrl,
    text: /connect ECONNREFUSED 127\.0\.0\.1:\d+/,
  },
  "a host whose addresses all refuse": {
    baseUrl: async () => (await refusedUrl()).replace("127.0.0.1", "localhost"),
    text: /connect ECONNREFUSED (::1|127\.0\.0\.1):\d+/,
  },
  "an unknown host": {
    baseUrl: () => "https://no-such-host.invalid",
    text: /getaddrinfo (ENOTFOUND|EAI_AGAIN) no-such-host\.invalid/,
  },
  "a port that fetch blocks": { baseUrl: () => "http://127.0.0.1:1", text: /bad port/ },
  "a server without TLS": {
    baseUrl: (t) => addressOf(t, createHttpServer(), "https"),
    text: /wrong version number/,
  },
  "a connection that is closed in the TLS handshake": {
    baseUrl: (t) => {
      const server = net.createServer((socket) => socket.once("data", () => socket.end()));
      return addressOf(t, server, "https");
    },
    text: /before secure TLS connection was established/,
  },
  "a certificate that is refused": {
    baseUrl: (t) => addressOf(t, createHttpsServer(certificate()), "https"),
    text: /self[- ]signed certificate/,
  },
};

describe("requests that never left", { concurrency: 8 }, () => {
  for (const [fault, { baseUrl, text }] of Object.entries(FAULTS)) {
    for (const { name } of OPERATIONS) {
      test(`${name} never left after ${fault}`, async (t) => {
        const url = await baseUrl(t);
        const error = await rejection(call(name, url, { maxRetries: 0 }));
        assertFailure(error, { code: "network" });
        assert.deepEqual([error.retryable, error.attempts, error.status], [true, 1, undefined]);
        assert.match(error.message, text);
        assert.ok(error.message.includes(` ${new URL(url).origin}`), error.message);
        assert.ok(error.cause instanceof TypeError, "the cause is the error of fetch");
      });
    }
  }
});
