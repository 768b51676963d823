// @ts-check
// The requests that may pass. The API's URL is built from the table of operations. From the client's URL it takes only a
// session's id, and values of query parameters that match a pattern.
import { API_ROOT, operationsAt, sessionId } from "../shared/operations.js";

/** @typedef {import("../shared/operations.js").Operation} Operation */

/** A mount point: no empty segments, no segments of dots, no encoded dots, slashes, backslashes, percents or controls. */
const MOUNT =
  /^(?:\/(?!\.{1,2}(?:\/|$))(?:[\w.~!$&'()*+,;=:@-]|%(?!2[ef]|5c|25|[01]|7f)[0-9a-f]{2})+)*$/i;

/** More names than any route has: a query with more of them is not searched for in the path. */
const MOST_ROUTE_PARAMETERS = 32;

/**
 * The operations at a path by their methods, and the id in the path. The path is not decoded.
 *
 * @param {string} pathname
 * @returns {{ id: string, methods: Map<string, Operation> } | null} null if there are none
 */
export function matchPath(pathname) {
  const at = pathname.indexOf(API_ROOT);
  if (at < 0 || !MOUNT.test(pathname.slice(0, at))) return null;
  const { id, operations } = operationsAt(pathname.slice(at));
  if (operations.length === 0 || (id !== "" && sessionId(id) === undefined)) return null;
  return { id, methods: new Map(operations.map((operation) => [operation.method, operation])) };
}

/**
 * Checks a raw query (`?a=b`, or empty) against an operation and rebuilds it in the table's order.
 *
 * @param {Operation} operation
 * @param {URL} url
 * @returns {{ query: string } | { problem: string }}
 */
export function matchQuery(operation, { search, pathname }) {
  /** @type {Readonly<Record<string, RegExp>>} */
  const parameters = operation.query ?? {};
  const ignored = routeParameters(parameters, search, pathname);
  const values = new Map();
  for (const pair of search.length > 1 ? search.slice(1).split("&") : []) {
    const cut = pair.indexOf("=");
    const name = cut < 0 ? pair : pair.slice(0, cut);
    if (ignored.has(pair)) continue;
    if (!Object.hasOwn(parameters, name)) {
      const shown = /^[\w-]{1,40}$/.test(name) ? ` "${name}"` : "";
      return { problem: `unknown query parameter${shown}` };
    }
    if (values.has(name)) return { problem: `query parameter "${name}" is repeated` };
    const value = cut < 0 ? "" : pair.slice(cut + 1);
    if (!parameters[name].test(value))
      return { problem: `query parameter "${name}" has a wrong value` };
    values.set(name, value);
  }
  const pairs = Object.keys(parameters)
    .filter((name) => values.has(name))
    .map((name) => `${name}=${values.get(name)}`);
  return { query: pairs.length > 0 ? `?${pairs.join("&")}` : "" };
}

/**
 * The pairs of a raw query that repeat the path. Next.js adds them on its edge runtime: for a route
 * `/api/[...path]/route.js`, `/api/chat-v1/sessions` arrives as `/api/chat-v1/sessions?path=chat-v1&path=sessions`; a
 * segment `[tenant]` of the mount point likewise adds a `tenant`. The host chooses their names, so they are recognized by
 * their values: segments of the mount point, or the path from one of them (or from `chat-v1`) to its end.
 *
 * @param {Readonly<Record<string, RegExp>>} parameters parameters of the operation: with a right value, they are not the
 * route's
 * @param {string} search
 * @param {string} pathname
 * @returns {Set<string>}
 */
function routeParameters(parameters, search, pathname) {
  /** @type {Map<string, { pairs: string[], values: string[] }>} */
  const byName = new Map();
  for (const pair of search.slice(1).split("&")) {
    for (const [name, value] of new URLSearchParams(pair)) {
      if (Object.hasOwn(parameters, name) && parameters[name].test(value)) continue;
      const found = byName.get(name) ?? { pairs: [], values: [] };
      found.pairs.push(pair);
      found.values.push(value);
      byName.set(name, found);
    }
  }
  if (byName.size > MOST_ROUTE_PARAMETERS) return new Set();
  // As text, of which each segment begins with a slash: an accepted path has no slash within a segment.
  const segments = pathname.split("/").slice(1);
  const path = segments.map((segment) => `/${decoded(segment)}`);
  const root = segments.indexOf(API_ROOT.slice(1, -1));
  const [mount, operation] = [path.slice(0, root).join(""), path.slice(root).join("")];
  const repeats = (/** @type {string[]} */ values) => {
    const text = `/${values.join("/")}`;
    const inMount = `${mount}/`.includes(`${text}/`);
    return inMount || (text.endsWith(operation) && (mount + operation).endsWith(text));
  };
  const found = [...byName.values()].filter(({ values }) => repeats(values));
  return new Set(found.flatMap(({ pairs }) => pairs));
}

/** @param {string} segment */
function decoded(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/**
 * @param {string} base a checked base URL without a final slash
 * @param {Operation} operation
 * @param {string} id
 * @param {string} query
 */
export function upstreamUrl(base, operation, id, query) {
  return base + operation.path.replace("{id}", id) + query;
}
