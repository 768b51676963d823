// @ts-check
// Serves the files of a folder by GET and HEAD, with `index.html` for a folder. Serves no dot files and no files outside.

import { open, realpath, stat } from "node:fs/promises";
import path from "node:path";

/** @typedef {import("node:http").RequestListener} Listener */
/** @typedef {import("node:http").ServerResponse} ServerResponse */

/** @type {Readonly<Record<string, string>>} */
const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".csv": "text/csv; charset=utf-8",
  ".gif": "image/gif",
  ".htm": "text/html; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".md": "text/markdown; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
  ".xml": "application/xml",
};

/**
 * @param {string} folder
 * @returns {Promise<Listener>}
 */
export async function createStaticListener(folder) {
  const root = await realpath(folder);
  if (!(await stat(root)).isDirectory()) {
    throw Object.assign(new Error("not a folder"), { code: "ENOTDIR" });
  }
  return (request, response) => {
    serve(root, request, response).catch(() => response.destroy());
  };
}

/**
 * @param {string} folder
 * @param {string} file
 */
export async function isInside(folder, file) {
  const [root, target] = await Promise.all([realpath(folder), realpath(file)]);
  return contains(root, target);
}

/** @param {string} root @param {string} target */
function contains(root, target) {
  const relative = path.relative(root, target);
  return relative !== ".." && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

/**
 * @param {string} root
 * @param {import("node:http").IncomingMessage} request
 * @param {ServerResponse} response
 */
async function serve(root, { method, url = "/" }, response) {
  if (method !== "GET" && method !== "HEAD") {
    return refuse(response, 405, "method not allowed", { allow: "GET, HEAD" });
  }
  const [pathname] = url.split(/[?#]/, 1);
  const segments = readSegments(pathname);
  if (!segments) return refuse(response, 404, "not found");
  const file = await find(root, segments);
  if (file === undefined) return refuse(response, 404, "not found");
  if (file.isFolder && !pathname.endsWith("/")) {
    return refuse(response, 301, "moved", { location: `${pathname}/` });
  }
  // Under `page.html/`, a page's relative links would resolve to other files.
  if (!file.isFolder && pathname.endsWith("/")) return refuse(response, 404, "not found");

  const target = file.isFolder ? await find(root, [...segments, "index.html"]) : file;
  if (!target || target.isFolder) return refuse(response, 404, "not found");
  const handle = await open(target.path);
  try {
    const { size } = await handle.stat();
    response.writeHead(200, {
      "content-type": TYPES[path.extname(target.path).toLowerCase()] ?? "application/octet-stream",
      "content-length": size,
      "cache-control": "no-cache",
      "x-content-type-options": "nosniff",
    });
    if (method === "HEAD" || size === 0) return void response.end();
    const { pipeline } = await import("node:stream/promises");
    await pipeline(handle.createReadStream({ end: size - 1, autoClose: false }), response);
  } finally {
    await handle.close();
  }
}

/**
 * The segments of a path; none if one of them could lead out of the folder or to a hidden file.
 * @param {string} pathname
 */
function readSegments(pathname) {
  let decoded;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  if (!decoded.startsWith("/") || /[\0\\]/.test(decoded)) return undefined;
  const segments = decoded.slice(1).split("/");
  if (segments.at(-1) === "") segments.pop();
  // A colon names a drive or a stream on Windows.
  const isSafe = segments.every((name) => name !== "" && !/^\.|:|[. ]$/.test(name));
  return isSafe ? segments : undefined;
}

/**
 * @param {string} root
 * @param {string[]} segments
 */
async function find(root, segments) {
  try {
    const target = await realpath(path.join(root, ...segments));
    // A link may lead out of the folder.
    if (!contains(root, target)) return undefined;
    const stats = await stat(target);
    return stats.isDirectory() || stats.isFile()
      ? { path: target, isFolder: stats.isDirectory() }
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {ServerResponse} response
 * @param {number} status
 * @param {string} text
 * @param {Record<string, string>} [headers]
 */
function refuse(response, status, text, headers = {}) {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", ...headers });
  response.end(`${text}\n`);
}
