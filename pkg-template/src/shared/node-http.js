// @ts-check
// The adapter between `node:http` (`node:http2`, Express) and handlers that take a `Request` and return a `Response`: a
// listener for the caller's server, or a server. It refuses requests whose defects a `Request` would hide (a path that is not
// in normal form, two hosts); the handler judges all others.
import { isHost } from "./http.js";
import { METHODS } from "./operations.js";

/** @typedef {(request: Request) => Promise<Response> | Response} Handler */
/**
 * @typedef {object} ListenerOptions
 * @property {(path: string) => boolean} [handles] false passes a request to Express's `next`, if there is one; default:
 * every path is handled
 * @property {(refusal: HttpRefusal) => Response} [refuse]  the response to a refused request; default: its message as JSON
 */

/** Milliseconds for which the rest of an upload is read after the response, so that the client reads the response. */
const LINGER_MS = 1000;

/** Methods that a `Request` cannot have. */
const NOT_FOR_FETCH = /^(?:CONNECT|TRACE|TRACK)$/i;

/** Headers of one connection, which Node writes itself. */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade"]);

/** Ends the handling of a request before it reaches the handler. */
class HttpRefusal extends Error {
  /**
   * @param {number} status
   * @param {string} message  for the client
   * @param {Record<string, string>} [headers]
   */
  constructor(status, message, headers) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/**
 * Turns a handler into a listener for `createServer` or Express.
 *
 * A handler that returns `Response.error()` destroys the connection. The request's `signal` aborts when the client
 * disconnects, or when the server closes its connections. A body that Express has parsed is serialized for the handler.
 *
 * @example
 * ```js
 * createServer(nodeListener((request) => new Response(request.url))).listen(3000);
 * ```
 *
 * @param {Handler} handler
 * @param {ListenerOptions} [options]
 * @returns {(req: any, res: any, next?: (error?: unknown) => void) => void}
 */
export function nodeListener(handler, { handles = () => true, refuse = refusalOf } = {}) {
  return (req, res, next) => {
    if (next && !handles(pathOf(req))) return next();
    const signal = disconnectSignal(res);
    exchange(handler, refuse, req, res, signal).catch((error) => {
      // Destroys the connection, since half a response must not look complete.
      if (res.headersSent || signal.aborted) return res.destroy();
      if (next) return next(error);
      const response = refuse(new HttpRefusal(500, "internal error"));
      write(response, req, res, signal).catch(() => res.destroy());
    });
  };
}

/**
 * Serves a handler on a port.
 *
 * @example
 * ```js
 * const server = await listen((request) => mock.handler(request), { port: 0 });
 * console.log(server.url); // http://127.0.0.1:40123
 * await server.close();
 * ```
 *
 * @param {Handler} handler
 * @param {object} [options]
 * @param {number} [options.port] 0, the default, is any free port
 * @param {string} [options.host]
 * @param {ListenerOptions} [options.listener]
 * @returns {Promise<{ url: string, port: number, close(): Promise<void> }>} `url` has no final slash; `close` ends every
 * connection, and resolves when the port is free. Rejects with Node's error if the port is not available.
 */
export async function listen(handler, { port = 0, host = "127.0.0.1", listener } = {}) {
  // Not a static import: the listener also runs in runtimes without `node:http`.
  const { createServer } = await import("node:http");
  const server = createServer(nodeListener(handler, listener));
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve(server.off("error", reject)));
  });
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  const name = host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${name}:${address.port}`,
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** @param {HttpRefusal} refusal */
function refusalOf({ status, message, headers }) {
  return new Response(JSON.stringify({ error: message }), {
    status,
    headers: { "content-type": "application/json", ...headers },
  });
}

/** The request's target as the client sent it: Express removes its mount point from `url`. @param {any} req @returns {string} */
function targetOf(req) {
  return req.originalUrl ?? req.url ?? "";
}

/** @param {any} req */
function pathOf(req) {
  return targetOf(req).split("?", 1)[0];
}

/**
 * A signal that aborts when the client disconnects before the end of the response.
 *
 * @param {any} res
 * @returns {AbortSignal}
 */
function disconnectSignal(res) {
  const controller = new AbortController();
  // A cancelled response of `node:http2` has no `destroyed`, and a `writableFinished` that is true.
  if (res.destroyed || res.stream?.destroyed) controller.abort();
  res.once("close", () => {
    if (!res.writableEnded) controller.abort();
  });
  return controller.signal;
}

/**
 * @param {Handler} handler
 * @param {(refusal: HttpRefusal) => Response} refuse
 * @param {any} req
 * @param {any} res
 * @param {AbortSignal} signal
 */
async function exchange(handler, refuse, req, res, signal) {
  // "close" reports a broken connection; an "error" without a listener would end the process.
  req.on("error", () => {});
  res.on("error", () => {});
  lingerAfter(req, res);

  let response;
  try {
    response = await handler(toRequest(req, signal));
  } catch (error) {
    if (!(error instanceof HttpRefusal)) throw error;
    response = refuse(error);
  }
  if (response.type === "error") return void res.destroy();
  if (signal.aborted || res.headersSent) return void (await response.body?.cancel());
  await write(response, req, res, signal);
}

/**
 * @param {any} req
 * @param {AbortSignal} signal
 * @returns {Request}
 */
function toRequest(req, signal) {
  const url = readTarget(req);
  if (NOT_FOR_FETCH.test(req.method)) {
    throw new HttpRefusal(405, "method not allowed", { allow: METHODS.join(", ") });
  }
  const init = /** @type {RequestInit} */ ({ method: req.method, signal, redirect: "manual" });
  const parsed = hasBody(req) ? readParsedBody(req) : undefined;
  if (hasBody(req)) Object.assign(init, { body: parsed ?? streamOf(req), duplex: "half" });
  try {
    init.headers = readHeaders(req, parsed !== undefined);
    return new Request(url, init);
  } catch {
    throw new HttpRefusal(400, "the request cannot be read");
  }
}

/**
 * The whole URL. Its path must be in normal form: `URL` would silently resolve dot segments, also encoded ones.
 *
 * @param {any} req
 */
function readTarget(req) {
  const target = targetOf(req);
  const hosts = valuesOf(req, "host");
  const host = hosts[0] ?? req.headers[":authority"];
  const noHost = () => new HttpRefusal(400, "exactly one valid Host header is needed");
  const notFound = () => new HttpRefusal(404, "no such operation");
  if (hosts.length > 1 || !isHost(host ?? "")) throw noHost();
  if (!target.startsWith("/") || target.includes("#")) throw notFound();
  const scheme = req.socket?.encrypted ? "https" : "http";
  let url;
  try {
    url = new URL(`${scheme}://${host}${target}`);
  } catch {
    throw noHost();
  }
  if (url.pathname !== pathOf(req)) throw notFound();
  return url.href;
}

/** @param {any} req @param {string} name @returns {string[]} */
function valuesOf(req, name) {
  return pairsOf(req).flatMap(([sent, value]) => (sent.toLowerCase() === name ? [value] : []));
}

/**
 * The headers as sent: `req.headers` keeps only the first of some repeated ones.
 *
 * @param {any} req
 * @returns {[string, string][]}
 */
function pairsOf(req) {
  /** @type {string[]} */
  const raw = req.rawHeaders ?? [];
  /** @type {[string, string][]} */
  const pairs = [];
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([raw[i], raw[i + 1]]);
  return pairs;
}

/** @param {any} req @param {boolean} parsed */
function readHeaders(req, parsed) {
  const headers = new Headers();
  for (const [name, value] of pairsOf(req)) {
    if (!name.startsWith(":")) headers.append(name, value);
  }
  if (!headers.has("host")) headers.set("host", req.headers[":authority"]);
  if (parsed) {
    // They describe the original bytes, not those of the serialized body.
    headers.delete("content-length");
    headers.delete("content-encoding");
  }
  return headers;
}

/** @param {any} req */
function hasBody(req) {
  if (req.method === "GET" || req.method === "HEAD") return false;
  const declared = req.headers["transfer-encoding"] ?? req.headers["content-length"];
  if (declared !== undefined) return declared !== "0";
  return req.httpVersionMajor >= 2 && req.readableEnded !== true; // HTTP/2 needs no header for a body
}

/**
 * The body if a parser such as `express.json()` has read it; undefined if it has not been read yet.
 *
 * @param {any} req
 */
function readParsedBody(req) {
  const untouched = !req.readableDidRead && !req.readableEnded;
  if (untouched) return undefined;
  const { body } = req;
  if (body === undefined) {
    throw new HttpRefusal(500, "the request body was read before it reached the handler");
  }
  if (typeof body === "string" || body instanceof Uint8Array) return body;
  return JSON.stringify(body);
}

/**
 * The body as a stream that starts with the first read and keeps pace with its reader.
 *
 * @param {any} req
 * @returns {ReadableStream<Uint8Array>}
 */
function streamOf(req) {
  let listening = false;
  let over = false;
  return new ReadableStream(
    {
      pull(controller) {
        if (!listening) {
          listening = true;
          /** @param {() => void} settle */
          const finish = (settle) => {
            if (!over) settle();
            over = true;
          };
          req.on("data", (/** @type {Uint8Array} */ chunk) => {
            if (over) return; // cancelled: the rest is read and dropped
            controller.enqueue(new Uint8Array(chunk));
            req.pause();
          });
          req.once("end", () => finish(() => controller.close()));
          req.once("close", () =>
            finish(() => controller.error(new Error("the client disconnected"))),
          );
        }
        req.resume();
      },
      cancel() {
        over = true;
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * After a refusal during an upload, reads the rest for a moment, then closes the connection. An immediate close could lose
 * the response.
 *
 * @param {any} req
 * @param {any} res
 */
function lingerAfter(req, res) {
  res.once("finish", () => {
    if (req.complete !== false || req.destroyed) return;
    req.resume();
    const timer = setTimeout(() => req.destroy(), LINGER_MS);
    /** @type {any} */ (timer).unref?.();
    req.once("close", () => clearTimeout(timer));
  });
}

/**
 * @param {Response} response
 * @param {any} req
 * @param {any} res
 * @param {AbortSignal} signal
 */
async function write(response, req, res, signal) {
  res.statusCode = response.status;
  for (const [name, value] of response.headers) {
    if (name !== "set-cookie" && !HOP_BY_HOP.has(name)) res.setHeader(name, value);
  }
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) res.setHeader("set-cookie", cookies);
  if (!response.body || req.method === "HEAD") {
    response.body?.cancel().catch(() => {});
    return void res.end();
  }

  res.flushHeaders();
  const reader = response.body.getReader();
  let wake = () => {};
  res.on("drain", () => wake());
  signal.addEventListener("abort", () => {
    // Ends a pending `read`, and the handler's stream.
    reader.cancel().catch(() => {});
    wake();
  });
  while (!signal.aborted) {
    const { done, value } = await reader.read();
    if (done) return void res.end();
    const isFull = !res.write(value) && !signal.aborted;
    if (isFull) await new Promise((resolve) => (wake = () => resolve(undefined)));
  }
}
