// @ts-check
// The adapter for node:http, node:http2 and Express: makes a `Request` of what arrived and writes the `Response` out. It
// refuses what a `Request` would hide (a path that is not in its normal form, two hosts); all else is the handler's.

import { Refusal, refusalResponse } from "./answer.js";
import { API_ROOT, OPERATIONS } from "./operations.js";

/** How long the rest of an upload is read after the answer, so that the client gets to see it. */
const LINGER_MS = 1000;

const HOST = /^(?:[\w.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/** Methods that a `Request` cannot have. */
const NOT_FOR_FETCH = /^(?:CONNECT|TRACE|TRACK)$/i;

/** Those of an answer are the connection's own affair. */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade"]);

/**
 * @param {(request: any) => any} handler
 * @returns {(req: any, res: any, next?: (error?: unknown) => void) => void}
 */
export function toNodeListener(handler) {
  if (typeof handler !== "function") throw new TypeError("toNodeListener: give it a handler");
  return (req, res, next) => {
    if (next && !pathOf(req).includes(API_ROOT)) return next();
    serve(handler, req, res).catch((error) => {
      // A cut connection: half an answer must not look like a whole one.
      if (res.headersSent || res.destroyed) res.destroy();
      else if (next) next(error);
      else write(refusalResponse(new Refusal(500, "proxy error")), res).catch(() => res.destroy());
    });
  };
}

/** As the client sent it: Express cuts off its mount point from `url`. @param {any} req @returns {string} */
function targetOf(req) {
  return req.originalUrl ?? req.url ?? "";
}

/** @param {any} req */
function pathOf(req) {
  return targetOf(req).split("?", 1)[0];
}

/**
 * @param {(request: Request) => Promise<Response> | Response} handler
 * @param {any} req
 * @param {any} res
 */
async function serve(handler, req, res) {
  const controller = new AbortController();
  res.once("close", () => {
    if (!res.writableFinished) controller.abort();
  });
  // A broken connection shows as "close"; without these it would also end the process.
  req.on("error", () => {});
  res.on("error", () => {});
  lingerAfter(req, res);

  let response;
  try {
    response = await handler(toRequest(req, controller.signal));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    response = refusalResponse(error);
  }
  if (res.destroyed || res.headersSent) {
    await response.body?.cancel();
    return;
  }
  await write(response, res);
}

/**
 * @param {any} req
 * @param {AbortSignal} signal
 * @returns {Request}
 */
function toRequest(req, signal) {
  const url = readTarget(req);
  if (NOT_FOR_FETCH.test(req.method)) {
    const allow = [...new Set(OPERATIONS.map(({ method }) => method))].join(", ");
    throw new Refusal(405, "method not allowed", { headers: { allow } });
  }
  const init = /** @type {RequestInit} */ ({ method: req.method, signal });
  const reparsed = hasBody(req) ? readParsedBody(req) : undefined;
  if (hasBody(req)) {
    Object.assign(init, { body: reparsed ?? streamOf(req), duplex: "half" });
  }
  try {
    init.headers = readHeaders(req, reparsed !== undefined);
    return new Request(url, init);
  } catch {
    throw new Refusal(400, "the request cannot be proxied");
  }
}

/**
 * Only a path in its normal form: dot segments and the like, also encoded, would be resolved by `URL` in silence.
 *
 * @param {any} req
 */
function readTarget(req) {
  const target = targetOf(req);
  const hosts = valuesOf(req, "host");
  const host = hosts[0] ?? req.headers[":authority"];
  if (hosts.length > 1 || !HOST.test(host ?? ""))
    throw new Refusal(400, "one valid Host is needed");
  if (!target.startsWith("/") || target.includes("#")) throw new Refusal(404, "no such operation");
  const scheme = req.socket?.encrypted ? "https" : "http";
  let url;
  try {
    url = new URL(`${scheme}://${host}${target}`);
  } catch {
    throw new Refusal(400, "one valid Host is needed");
  }
  if (url.pathname !== pathOf(req)) throw new Refusal(404, "no such operation");
  return url.href;
}

/** @param {any} req @param {string} name @returns {string[]} */
function valuesOf(req, name) {
  return pairsOf(req).flatMap(([sent, value]) => (sent.toLowerCase() === name ? [value] : []));
}

/**
 * The headers as they came: `req.headers` keeps the first of some that came twice.
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

/** @param {any} req @param {boolean} reparsed */
function readHeaders(req, reparsed) {
  const headers = new Headers();
  for (const [name, value] of pairsOf(req)) {
    if (!name.startsWith(":")) headers.append(name, value);
  }
  if (!headers.has("host")) headers.set("host", req.headers[":authority"]);
  if (reparsed) {
    // They describe the bytes that the parser has read, not those that it is written with again.
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
  return req.httpVersionMajor >= 2 && req.readableEnded !== true; // there a body needs no header
}

/**
 * What a parser such as `express.json()` has made of the body; undefined when it is still to be read.
 *
 * @param {any} req
 */
function readParsedBody(req) {
  const untouched = !req.readableDidRead && !req.readableEnded;
  if (untouched) return undefined;
  const { body } = req;
  if (body === undefined) {
    throw new Refusal(500, "the request body was read before it reached the proxy");
  }
  if (typeof body === "string" || body instanceof Uint8Array) return body;
  return JSON.stringify(body);
}

/**
 * The body as it comes, from the first read on and no faster than it is read.
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
            if (over) return; // cancelled: read on, to nowhere
            controller.enqueue(new Uint8Array(chunk));
            req.pause();
          });
          req.once("end", () => finish(() => controller.close()));
          req.once("close", () =>
            finish(() => controller.error(new Error("the client went away"))),
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
 * An upload that is refused half-way: its rest is read for a moment, since closing at once could take the answer away
 * from the client; then the connection goes.
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
 * @param {any} res
 */
async function write(response, res) {
  res.statusCode = response.status;
  for (const [name, value] of response.headers) {
    if (name !== "set-cookie" && !HOP_BY_HOP.has(name)) res.setHeader(name, value);
  }
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) res.setHeader("set-cookie", cookies);
  if (!response.body) return void res.end();

  res.flushHeaders();
  const reader = response.body.getReader();
  /** @type {Promise<null>} */
  const gone = new Promise((resolve) => res.once("close", () => resolve(null)));
  try {
    while (!res.destroyed) {
      const piece = await Promise.race([gone, reader.read()]);
      if (!piece) return;
      if (piece.done) return void res.end();
      if (res.write(piece.value)) continue;
      await Promise.race([gone, new Promise((resolve) => res.once("drain", resolve))]);
    }
  } finally {
    // Nothing to do after the end; on the way out for another reason, the sender must hear of it.
    reader.cancel().catch(() => {});
  }
}
