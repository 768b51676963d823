// @ts-check
// `aiera-chat/testing/node`: a handler on a real port, by node:http. Lost connections are destroyed
// sockets, stalls are open ones, bodies are streamed. What is answered is up to the handler.

import { createServer } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** @typedef {import("node:http").IncomingMessage} IncomingMessage */
/** @typedef {import("node:http").ServerResponse} ServerResponse */
/** @typedef {(request: Request) => Promise<Response> | Response} Handler */

/** @type {Record<string, (value: unknown) => boolean>} */
const OPTIONS = {
  port: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65535,
  host: (value) => typeof value === "string" && value !== "",
  cors: (value) => typeof value === "boolean" || (typeof value === "string" && value !== ""),
};

/** @type {typeof import("../../testing-node.js").serve} */
export async function serve(api, options = {}) {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(OPTIONS, name)) {
      const known = Object.keys(OPTIONS).join(", ");
      throw new TypeError(`serve: unknown option ${name}; there are ${known}`);
    }
    if (value !== undefined && !OPTIONS[name](value)) {
      throw new TypeError(`serve: wrong value for option ${name}`);
    }
  }
  const handler = /** @type {Handler} */ (typeof api === "function" ? api : api?.handler);
  if (typeof handler !== "function") throw new TypeError("serve: expected a mock API or a handler");
  const { port = 0, host = "127.0.0.1", cors = false } = options;

  const server = createServer((incoming, outgoing) => {
    answer(handler, cors, incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve(server.off("error", reject)));
  });
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());

  const close = () =>
    /** @type {Promise<void>} */ (
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      })
    );
  const name = host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${name}:${address.port}`,
    port: address.port,
    close,
  };
}

/**
 * @param {Handler} handler
 * @param {boolean | string} cors
 * @param {IncomingMessage} incoming
 * @param {ServerResponse} outgoing
 */
async function answer(handler, cors, incoming, outgoing) {
  // A client that leaves, or a server that closes, ends whatever the handler is still doing.
  const gone = new AbortController();
  outgoing.once("close", () => {
    if (!outgoing.writableFinished) gone.abort();
  });

  const corsHeaders = cors ? allow(cors, incoming) : {};
  if (cors && incoming.method === "OPTIONS") return void outgoing.writeHead(204, corsHeaders).end();

  const request = toRequest(incoming, gone.signal);
  if (!request) return void outgoing.writeHead(400, { "content-length": 0 }).end();
  const response = await handler(request);
  if (response.type === "error") return void outgoing.destroy();

  // An array, since a response may carry several cookies.
  /** @type {Record<string, string | string[]>} */
  const headers = { ...Object.fromEntries(response.headers), ...corsHeaders };
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) headers["set-cookie"] = cookies;
  outgoing.writeHead(response.status, headers);
  outgoing.flushHeaders();
  if (!response.body || incoming.method === "HEAD") return void outgoing.end();
  await pipeline(Readable.fromWeb(/** @type {any} */ (response.body)), outgoing);
}

/**
 * @param {IncomingMessage} incoming
 * @param {AbortSignal} signal
 * @returns {Request | undefined} nothing for what no `Request` can express
 */
function toRequest(incoming, signal) {
  const { method = "GET", url = "/", rawHeaders } = incoming;
  const headers = new Headers();
  try {
    for (let index = 0; index < rawHeaders.length; index += 2) {
      headers.append(rawHeaders[index], rawHeaders[index + 1]);
    }
    const origin = `http://${incoming.headers.host ?? "localhost"}`;
    // Joined, not resolved: `//host/path` is a path here.
    const target = url.startsWith("/") ? `${origin}${url}` : url;
    const hasBody = method !== "GET" && method !== "HEAD";
    const body = hasBody ? Readable.toWeb(incoming) : undefined;
    return new Request(
      target,
      /** @type {any} */ ({ method, headers, signal, body, duplex: "half", redirect: "manual" }),
    );
  } catch {
    return undefined;
  }
}

/**
 * @param {true | string} cors
 * @param {IncomingMessage} incoming
 * @returns {Record<string, string>}
 */
function allow(cors, incoming) {
  const { origin, "access-control-request-headers": asked } = incoming.headers;
  // The origin itself rather than `*`, which would not do for requests with credentials.
  const allowed = cors === true ? (origin ?? "*") : cors;
  return {
    "access-control-allow-origin": allowed,
    ...(allowed === "*" ? {} : { "access-control-allow-credentials": "true" }),
    "access-control-allow-methods": "GET, POST, PATCH, DELETE, OPTIONS",
    "access-control-allow-headers": asked ?? "content-type, x-api-key",
    "access-control-expose-headers": "retry-after, x-request-id",
    "access-control-max-age": "600",
    vary: "origin",
  };
}
