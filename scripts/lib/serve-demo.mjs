// @ts-check
// Serves the demo page on a loopback port: its static files with security headers and, if there is a key, the proxy at api/.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** @typedef {import("node:http").RequestListener} RequestListener */
/** @typedef {{ apiKey: string, baseUrl?: string }} Api */

const TYPES = /** @type {Record<string, string>} */ ({
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".wasm": "application/wasm",
});

const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const SECURITY_HEADERS = {
  "content-security-policy": CONTENT_POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** The types that are sent compressed. */
const COMPRESSIBLE = /^(?:text\/|application\/(?:json|wasm)|image\/svg)/;
const ENCODINGS = /** @type {const} */ (["br", "gzip"]);

/** The tag that tells the page which API to use. */
const MOCK_TAG = '<meta name="aiera-api" content="mock" />';
const API_PATH = "api";

/**
 * @param {object} options
 * @param {string} options.folder the folder of the built page
 * @param {number} [options.port] the next free port is used if this one is in use; 0 is any port
 * @param {string} [options.at] the path of the page, with a slash at both ends
 * @param {Api} [options.api] the page uses its embedded mock if absent
 */
export async function serveDemo({ folder, port = 0, at = "/", api }) {
  const files = staticFiles(folder, at, api !== undefined);
  /** @type {RequestListener | undefined} */
  let proxy;
  const server = createServer((request, response) => {
    const isApi = request.url?.startsWith(`${at}${API_PATH}/`);
    if (proxy && isApi) return proxy(request, response);
    files(request, response);
  });
  const actual = await listen(server, port);
  // The proxy needs the port, since it accepts only its own hosts, against DNS rebinding.
  if (api) proxy = await createProxy(api, [`127.0.0.1:${actual}`, `localhost:${actual}`]);
  return {
    url: `http://127.0.0.1:${actual}${at}`,
    port: actual,
    close: () =>
      new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * @param {Api} api
 * @param {string[]} allowedHosts
 */
async function createProxy({ apiKey, baseUrl }, allowedHosts) {
  const [{ createProxyHandler }, { toNodeListener }] = await Promise.all([
    import("../../pkg/proxy.mjs"),
    import("../../pkg/proxy-node.mjs"),
  ]);
  const onError = (/** @type {unknown} */ error) => console.error("proxy:", error);
  return toNodeListener(createProxyHandler({ apiKey, baseUrl, allowedHosts, onError }));
}

/**
 * @param {string} folder
 * @param {string} at
 * @param {boolean} hasApi
 * @returns {RequestListener}
 */
function staticFiles(folder, at, hasApi) {
  /** Compressed files, by encoding and path. @type {Map<string, Promise<Buffer>>} */
  const compressed = new Map();
  return async (request, response) => {
    /**
     * @param {number} status
     * @param {string | Buffer} body
     * @param {Record<string, string>} [headers]
     */
    const answer = (status, body, headers = {}) => {
      const type = { "content-type": "text/plain; charset=utf-8" };
      response.writeHead(status, { ...type, ...SECURITY_HEADERS, ...headers });
      response.end(request.method === "HEAD" ? undefined : body);
    };
    if (request.method !== "GET" && request.method !== "HEAD") {
      return answer(405, "Method not allowed\n", { allow: "GET, HEAD" });
    }
    const file = fileOf(folder, at, request.url ?? "/");
    const content = file && (await readFile(file).catch(() => undefined));
    if (!content) return answer(404, "Not found\n");
    const isPage = file.endsWith(".html");
    // The page is revalidated each time; the names of all other files contain a hash.
    const headers = {
      "content-type": TYPES[path.extname(file)] ?? "application/octet-stream",
      "cache-control": isPage ? "no-cache" : "public, max-age=31536000, immutable",
    };
    const body = isPage && hasApi ? Buffer.from(withApi(content.toString("utf8"))) : content;
    if (!COMPRESSIBLE.test(headers["content-type"])) return answer(200, body, headers);
    const encoding = encodingOf(request.headers["accept-encoding"]);
    const vary = { ...headers, vary: "accept-encoding" };
    if (!encoding) return answer(200, body, vary);
    const key = `${encoding} ${file}`;
    const result = compressed.get(key) ?? compress(body, encoding);
    if (!isPage) compressed.set(key, result);
    answer(200, await result, { ...vary, "content-encoding": encoding });
  };
}

/**
 * The best encoding that a client accepts.
 *
 * @param {string | string[] | undefined} header
 */
function encodingOf(header) {
  const accepted = String(header ?? "")
    .split(",")
    .filter((item) => !/;\s*q=0(?:\.0*)?\s*$/.test(item))
    .map((item) => item.split(";")[0].trim().toLowerCase());
  return ENCODINGS.find((encoding) => accepted.includes(encoding));
}

/**
 * @param {Buffer} body
 * @param {"br" | "gzip"} encoding
 * @returns {Promise<Buffer>}
 */
function compress(body, encoding) {
  if (encoding === "gzip") return promisify(gzip)(body);
  // The highest quality takes seconds for the whole page.
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
  return promisify(brotliCompress)(body, { params });
}

/** @param {string} page */
function withApi(page) {
  if (!page.includes(MOCK_TAG)) throw new Error("the page has no tag for the API");
  return page.replace(MOCK_TAG, MOCK_TAG.replace('"mock"', `"${API_PATH}"`));
}

/**
 * The file of a request, or undefined if it is outside of the folder.
 * @param {string} folder
 * @param {string} at
 * @param {string} url
 */
function fileOf(folder, at, url) {
  let pathname;
  try {
    pathname = decodeURIComponent(new URL(url, "http://localhost").pathname);
  } catch {
    return undefined;
  }
  if (!pathname.startsWith(at) || pathname.includes("\0")) return undefined;
  const name = pathname.slice(at.length);
  const file = path.join(folder, name.endsWith("/") || name === "" ? `${name}index.html` : name);
  return file.startsWith(folder + path.sep) ? file : undefined;
}

/**
 * @param {import("node:http").Server} server
 * @param {number} port
 * @returns {Promise<number>} the port that the server listens on
 */
async function listen(server, port) {
  for (let candidate = port; ; candidate += 1) {
    const error = await tryPort(server, candidate);
    if (!error) return /** @type {import("node:net").AddressInfo} */ (server.address()).port;
    if (error.code !== "EADDRINUSE" || candidate >= Math.min(port + 100, 65535)) throw error;
  }
}

/**
 * @param {import("node:http").Server} server
 * @param {number} port
 * @returns {Promise<NodeJS.ErrnoException | undefined>}
 */
function tryPort(server, port) {
  return new Promise((resolve) => {
    server.once("error", resolve);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", resolve);
      resolve(undefined);
    });
  });
}
