// @ts-check
// A server that misbehaves on purpose: HTTP/1.1 on raw sockets, because a real HTTP library refuses to send most of the steps.
// It records requests and the connections that the client closes, and plays the steps of steps.mjs.

import { once } from "node:events";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * @typedef {import("./steps.mjs").Step} Step
 * @typedef {import("./steps.mjs").Action} Action
 * @typedef {{ status?: number, type: string, body: string | Uint8Array }} Page
 * @typedef {(request: Recorded, index: number) => Step} Script
 */

/**
 * @typedef {object} Options
 * @property {boolean} [cors] allows pages of other origins; preflights are not recorded
 * @property {(path: string) => Page | undefined | Promise<Page | undefined>} [site] a static site beside the API; requests for
 *   its pages are not recorded
 * @property {boolean} [keepAlive] `false` closes each connection after its response. Chromium resends a request, even a
 * POST, if a connection that has served another one is lost
 */

/**
 * A request that arrived completely.
 * @typedef {object} Recorded
 * @property {string} method
 * @property {string} target
 * @property {Record<string, string>} headers by lower-case name
 * @property {string} body
 * @property {number} at `performance.now()` when it had arrived
 * @property {number} connection the index of its connection, from 0
 * @property {number} [respondedAt] when the system had taken the last byte of the response, or its end
 * @property {number} [socketClosedAt] when the client closed the connection while the response was in flight
 * @property {Promise<number>} gone resolves with `socketClosedAt`; stays pending when the response was sent in full
 */

/**
 * Starts a fault server on a free loopback port.
 * @param {Options} [options]
 */
export async function startFaultServer(options = {}) {
  /** @type {Recorded[]} */
  const requests = [];
  /** @type {Set<net.Socket>} */
  const sockets = new Set();
  /** @type {Set<() => void>} */
  const watchers = new Set();
  let connections = 0;
  /** @type {Script} */
  let respond = () => {
    throw new Error("a request arrived before the fault server had a script");
  };

  const server = net.createServer({ noDelay: true }, (socket) => {
    const connection = connections++;
    sockets.add(socket);
    socket.on("error", () => {}); // `close` follows
    socket.on("close", () => sockets.delete(socket));
    converse(socket, connection).catch((error) => {
      socket.destroy();
      // An error in a test's script must not look like a lost connection.
      process.nextTick(() => {
        throw error;
      });
    });
  });

  /** @param {net.Socket} socket @param {number} connection */
  async function converse(socket, connection) {
    const nextRequest = reader(socket);
    for (;;) {
      const parsed = await nextRequest();
      if (!parsed) return;
      if (options.cors && parsed.method === "OPTIONS") {
        const headers = /** @type {[string, string][]} */ ([["Content-Length", "0"]]);
        await play(socket, [{ op: "head", status: 204, headers }], parsed);
        continue;
      }
      const page = await options.site?.(parsed.target.replace(/[?#].*/s, ""));
      if (page) {
        await play(socket, pageActions(page), parsed);
        continue;
      }
      const request = record(socket, parsed, connection);
      await play(socket, respond(request, requests.indexOf(request)).actions, request);
      if (!socket.destroyed) request.respondedAt ??= performance.now();
      if (options.keepAlive === false) socket.end();
    }
  }

  /** @param {net.Socket} socket @param {Parsed} parsed @param {number} connection */
  function record(socket, parsed, connection) {
    /** @type {(at: number) => void} */
    let settle;
    /** @type {Recorded} */
    const request = {
      ...parsed,
      at: performance.now(),
      connection,
      gone: new Promise((resolve) => (settle = resolve)),
    };
    socket.once("close", () => {
      if (request.respondedAt !== undefined) return;
      request.socketClosedAt = performance.now();
      settle(request.socketClosedAt);
    });
    requests.push(request);
    for (const watcher of watchers) watcher();
    return request;
  }

  /**
   * @param {net.Socket} socket
   * @param {Action[]} actions
   * @param {Parsed & { respondedAt?: number }} request
   */
  async function play(socket, actions, request) {
    for (const action of actions) {
      if (socket.destroyed) return;
      switch (action.op) {
        case "head":
          await send(socket, headBytes(action, request));
          break;
        case "write":
          await send(socket, action.bytes);
          break;
        case "pause":
          await sleep(action.ms);
          break;
        case "stall":
          await new Promise((resolve) => socket.once("close", resolve));
          break;
        case "reset":
          request.respondedAt = performance.now();
          socket.resetAndDestroy();
          break;
        case "close":
          request.respondedAt = performance.now();
          socket.end();
          break;
      }
    }
  }

  /**
   * @param {Action & { op: "head" }} head
   * @param {Parsed} request
   */
  function headBytes(head, request) {
    const lines = [`HTTP/1.1 ${head.status} ${head.reason ?? "Status"}`];
    for (const [name, value] of head.headers) lines.push(`${name}: ${value}`);
    if (options.keepAlive === false) lines.push("Connection: close");
    if (options.cors) {
      lines.push(
        "Access-Control-Allow-Origin: *",
        "Access-Control-Expose-Headers: *",
        "Access-Control-Allow-Methods: GET, POST, PATCH, DELETE",
        `Access-Control-Allow-Headers: ${request.headers["access-control-request-headers"] ?? "*"}`,
      );
    }
    // Header values are bytes, one for each character.
    return Buffer.from(`${lines.join("\r\n")}\r\n${head.open ? "" : "\r\n"}`, "latin1");
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  const origin = `http://127.0.0.1:${port}`;

  const handle = {
    port,
    origin,
    /** The `baseUrl` of a client. */
    url: `${origin}/api`,
    requests,

    /**
     * Sets the responses: a list, whose last step is repeated, or a function of the request.
     * @param {Step[] | Script} script
     */
    script(script) {
      if (typeof script === "function") {
        respond = script;
      } else {
        const start = requests.length;
        respond = (_, index) => {
          const step = script[Math.min(index - start, script.length - 1)];
          if (!step) throw new Error("an empty script");
          return step;
        };
      }
      return handle;
    },

    /** Resolves with the `count`-th request (from 1) once it has arrived. @param {number} count */
    async received(count) {
      for (;;) {
        const request = requests[count - 1];
        if (request) return request;
        await new Promise((resolve) => {
          const watcher = () => (watchers.delete(watcher), resolve(undefined));
          watchers.add(watcher);
        });
      }
    },

    /** The pauses between the requests, in milliseconds. */
    get pauses() {
      return requests.slice(1).map((request, i) => request.at - (requests[i]?.at ?? NaN));
    },

    get connections() {
      return connections;
    },

    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
  return handle;
}

/** @typedef {Awaited<ReturnType<typeof startFaultServer>>} FaultServer */

/** A `baseUrl` at which connections are refused. */
export async function refusedUrl() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  server.close();
  await once(server, "close");
  return `http://127.0.0.1:${port}/api`;
}

/** @typedef {Pick<Recorded, "method" | "target" | "headers" | "body">} Parsed */

/**
 * Reads the requests of a connection, one per call; then `undefined`.
 * @param {net.Socket} socket
 * @returns {() => Promise<Parsed | undefined>}
 */
function reader(socket) {
  let held = Buffer.alloc(0);
  let ended = false;
  let wake = () => {};
  socket.on("data", (bytes) => {
    held = Buffer.concat([held, bytes]);
    wake();
  });
  socket.on("close", () => {
    ended = true;
    wake();
  });
  return async () => {
    for (;;) {
      const parsed = parse(held);
      if (parsed) {
        held = held.subarray(parsed.length);
        return parsed.request;
      }
      if (ended) return undefined;
      await new Promise((resolve) => (wake = () => resolve(undefined)));
    }
  };
}

/**
 * The request at the start of `bytes`, if it is complete. A body has a Content-Length: `fetch` sends one for strings and
 * blobs.
 * @param {Buffer} bytes
 * @returns {{ request: Parsed, length: number } | undefined}
 */
function parse(bytes) {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [first = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
  const [method = "", target = ""] = first.split(" ");
  /** @type {Record<string, string>} */
  const headers = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  if (headers["transfer-encoding"]) throw new Error("the fault server reads no chunked request");
  const length = end + 4 + Number(headers["content-length"] ?? 0);
  if (bytes.length < length) return undefined;
  return { request: { method, target, headers, body: bytes.toString("utf8", end + 4, length) }, length }; // prettier-ignore
}

/** @param {Page} page @returns {Action[]} */
function pageActions({ status = 200, type, body }) {
  /** @type {[string, string][]} */
  const headers = [["Content-Type", type], ["Content-Length", String(Buffer.byteLength(body))]]; // prettier-ignore
  return [
    { op: "head", status, headers },
    { op: "write", bytes: body },
  ];
}

/**
 * Resolves when the system has taken the bytes, or when the client has disconnected.
 * @param {net.Socket} socket
 * @param {string | Uint8Array} bytes
 */
async function send(socket, bytes) {
  if (socket.writableEnded || socket.destroyed) return;
  await new Promise((resolve) => socket.write(bytes, () => resolve(undefined)));
}
