// @ts-check
// `aiera-chat proxy`: the proxy of `aiera-chat/proxy` on a port, with the files of a folder beside it.

import { isLoopback } from "../shared/http.js";
import { usageError } from "./command-error.js";
import { loadNodeListener, loadProxy } from "./package.js";
import { listenError, logRequest, readAddress, serveUntilStopped } from "./server.js";
import { readSettings } from "./settings.js";
import { createStaticListener, isInside } from "./static.js";

/** @typedef {import("./run.js").Context} Context */
/** @typedef {import("node:http").RequestListener} Listener */

const DEFAULT_PORT = 8788;

/** @param {Context} context @returns {Promise<import("./run.js").Result>} */
export async function proxy(context) {
  const { flags, streams } = context;
  const address = readAddress(context, DEFAULT_PORT);
  const settings = await readSettings(flags, (key) => streams.secrets.add(key));
  const files = flags.static === undefined ? undefined : await openFolder(context);
  const [{ createProxyHandler }, { toNodeListener }, { createServer }] = await Promise.all([
    loadProxy(),
    loadNodeListener(),
    import("node:http"),
  ]);
  /** @param {ReadonlySet<string> | undefined} hosts */
  const createListener = (hosts) => {
    const handler = createHandler(createProxyHandler, context, settings, hosts);
    return route(toNodeListener(handler), files, hosts);
  };
  // Checks the options before the port is opened. The hosts depend on the port.
  createListener(undefined);

  const server = createServer();
  const { host, port } = address;
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve(server.off("error", reject)));
  }).catch((error) => {
    throw listenError(error, address);
  });
  const bound = /** @type {import("node:net").AddressInfo} */ (server.address()).port;
  const name = (host.includes(":") ? `[${host}]` : host).toLowerCase();
  const listener = createListener(hostsOf(context, name, bound));
  server.on("request", (request, response) => {
    const startedAt = performance.now();
    const { method = "", url = "" } = request;
    response.once("close", () => {
      const status = response.writableFinished ? response.statusCode : "closed";
      logRequest(context, method, url, status, startedAt);
    });
    listener(request, response);
  });
  context.stop = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  if (!isLoopback(name)) {
    streams.warn(
      `warning: the proxy is open: everyone who can reach ${name}:${bound} can ask with your key`,
    );
  }
  const target = `The proxy to ${settings.baseUrl}`;
  return serveUntilStopped(context, `http://${name}:${bound}`, target);
}

/**
 * The host names that the proxy accepts. On loopback they are limited, since a web page can point its host name there (DNS
 * rebinding).
 * @param {Context} context
 * @param {string} name
 * @param {number} port
 * @returns {ReadonlySet<string> | undefined}
 */
function hostsOf({ flags }, name, port) {
  const added = /** @type {string[]} */ (flags["allow-host"] ?? []).map((host) =>
    host.toLowerCase(),
  );
  if (!isLoopback(name) && added.length === 0) return undefined;
  const local = ["localhost", "127.0.0.1", "[::1]", name];
  const withPort = local.flatMap((host) =>
    port === 80 ? [host, `${host}:80`] : [`${host}:${port}`],
  );
  return new Set([...withPort, ...added]);
}

/**
 * @param {any} createProxyHandler
 * @param {Context} context
 * @param {import("./settings.js").Settings} settings
 * @param {ReadonlySet<string> | undefined} hosts
 */
function createHandler(createProxyHandler, { flags, streams }, { key, baseUrl }, hosts) {
  const allowedHosts = hosts ? [...hosts] : flags["allow-host"];
  const options = {
    // The proxy requires a key; `fetchWithoutKey` removes this one.
    apiKey: key ?? crypto.randomUUID(),
    fetch: key === undefined ? fetchWithoutKey : undefined,
    baseUrl,
    allowedOrigins: flags["allow-origin"],
    allowedHosts,
    onError: (/** @type {any} */ error) => streams.note(`proxy: ${reasonOf(error)}`),
  };
  try {
    return createProxyHandler(options);
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    // The report names the option by its flag.
    throw usageError(message.replace(/^\w+: /, ""));
  }
}

/** The innermost cause is the most specific: `fetch failed` does not help. @param {any} error */
function reasonOf(error) {
  let cause = error;
  for (let i = 0; i < 5 && cause?.cause; i++) cause = cause.cause;
  return String(cause?.message || cause?.code || cause);
}

/**
 * @param {string} input
 * @param {RequestInit} [init]
 */
function fetchWithoutKey(input, init) {
  const headers = new Headers(init?.headers);
  headers.delete("x-api-key");
  return fetch(input, { ...init, headers });
}

/**
 * The proxy if the path is the API's, else the folder's files.
 * @param {any} toProxy
 * @param {Listener | undefined} files
 * @param {ReadonlySet<string> | undefined} hosts
 * @returns {Listener}
 */
function route(toProxy, files, hosts) {
  return (request, response) => {
    toProxy(request, response, (/** @type {unknown} */ error) => {
      if (error) return void response.destroy();
      if (hosts && !hosts.has((request.headers.host ?? "").toLowerCase())) {
        return void response.writeHead(403).end("host not allowed\n");
      }
      if (files) return void files(request, response);
      response.writeHead(404, { "content-type": "application/json" });
      response.end('{"error":"no such operation"}');
    });
  };
}

/** @param {Context} context @returns {Promise<Listener>} */
async function openFolder({ flags }) {
  const folder = flags.static;
  const file = flags["key-file"];
  const listener = await createStaticListener(folder).catch((error) => {
    throw usageError(`--static: ${folder} is not a readable folder: ${error.code}`);
  });
  if (file !== undefined && file !== "-" && (await isInside(folder, file))) {
    throw usageError("--static: the folder holds the file of --key-file, which it would serve");
  }
  return listener;
}
