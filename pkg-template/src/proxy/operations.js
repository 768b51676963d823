// @ts-check
// What may pass: the operations of the API as one table, and the reading of a request against it. The upstream target
// is written anew from the table; of what the client sent only an id and values that a pattern has accepted go in.

/**
 * @typedef {object} Operation
 * @property {string} method
 * @property {string} path  with `{id}` where a session's id stands
 * @property {boolean} [body]  takes a JSON body
 * @property {Readonly<Record<string, RegExp>>} [query]  the parameters, and what a value looks like
 */

const BOOLEAN = /^(?:true|false)$/;

/** @type {readonly Operation[]} */
export const OPERATIONS = [
  {
    method: "GET",
    path: "/chat-v1/sessions",
    query: { page: /^[1-9]\d{0,8}$/, page_size: /^(?:100|[1-9]\d?)$/ },
  },
  { method: "POST", path: "/chat-v1/sessions", body: true },
  {
    method: "GET",
    path: "/chat-v1/sessions/{id}",
    query: { include_messages: BOOLEAN, include_statuses: BOOLEAN, include_votes: BOOLEAN },
  },
  { method: "PATCH", path: "/chat-v1/sessions/{id}", body: true },
  { method: "DELETE", path: "/chat-v1/sessions/{id}" },
  { method: "POST", path: "/chat-v1/sessions/{id}/prompt", body: true },
  { method: "POST", path: "/chat-v1/sessions/{id}/sources/clear" },
];

/** Where the API's own part of a path begins, wherever the proxy is mounted. */
export const API_ROOT = "/chat-v1/";

/** A mount point: plain segments, none empty or of dots, and no encoded dot, slash, backslash, percent or control. */
const MOUNT =
  /^(?:\/(?!\.{1,2}(?:\/|$))(?:[\w.~!$&'()*+,;=:@-]|%(?!2[ef]|5c|25|[01]|7f)[0-9a-f]{2})+)*$/i;

const ID = /^[1-9]\d{0,15}$/;

/**
 * The operations at a path (taken as it stands, never decoded), by their methods, with the id that the path holds.
 * Null when there are none.
 *
 * @param {string} pathname
 * @returns {{ id: string, methods: Map<string, Operation> } | null}
 */
export function matchPath(pathname) {
  const at = pathname.indexOf(API_ROOT);
  if (at < 0 || !MOUNT.test(pathname.slice(0, at))) return null;
  const sent = pathname.slice(at).split("/");
  let id = "";
  const methods = new Map();
  for (const operation of OPERATIONS) {
    const wanted = operation.path.split("/");
    if (wanted.length !== sent.length) continue;
    const fits = wanted.every((part, i) => (part === "{id}" ? isId(sent[i]) : part === sent[i]));
    if (!fits) continue;
    id = wanted.includes("{id}") ? sent[wanted.indexOf("{id}")] : "";
    methods.set(operation.method, operation);
  }
  return methods.size > 0 ? { id, methods } : null;
}

/** @param {string} text */
function isId(text) {
  return ID.test(text) && Number.isSafeInteger(Number(text));
}

/**
 * Checks a raw query (`?a=b` or nothing) against an operation and writes it anew, in the table's order.
 *
 * @param {Operation} operation
 * @param {string} search
 * @returns {{ query: string } | { problem: string }}
 */
export function matchQuery(operation, search) {
  /** @type {Readonly<Record<string, RegExp>>} */
  const known = operation.query ?? {};
  const values = new Map();
  for (const piece of search.length > 1 ? search.slice(1).split("&") : []) {
    const cut = piece.indexOf("=");
    const name = cut < 0 ? piece : piece.slice(0, cut);
    if (!Object.hasOwn(known, name)) {
      const shown = /^[\w-]{1,40}$/.test(name) ? ` "${name}"` : "";
      return { problem: `unknown query parameter${shown}` };
    }
    if (values.has(name)) return { problem: `query parameter "${name}" is given twice` };
    const value = cut < 0 ? "" : piece.slice(cut + 1);
    if (!known[name].test(value)) return { problem: `query parameter "${name}" has a wrong value` };
    values.set(name, value);
  }
  const pairs = Object.keys(known)
    .filter((name) => values.has(name))
    .map((name) => `${name}=${values.get(name)}`);
  return { query: pairs.length > 0 ? `?${pairs.join("&")}` : "" };
}

/**
 * @param {string} base  a checked base URL without a slash at its end
 * @param {Operation} operation
 * @param {string} id
 * @param {string} query
 */
export function upstreamUrl(base, operation, id, query) {
  return base + operation.path.replace("{id}", id) + query;
}
