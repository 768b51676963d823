// @ts-check
// The table of the API's operations, and the functions that match requests to it. The proxy and the mock handle these
// operations only.

/**
 * @typedef {object} Operation
 * @property {import("../../testing.js").MockOperation} name
 * @property {string} method
 * @property {string} path with `{id}` for a session's id
 * @property {boolean} [body]  whether it takes a JSON body
 * @property {Readonly<Record<string, RegExp>>} [query]  its query parameters, each with the pattern of its values
 */

const BOOLEAN = /^(?:true|false)$/;
const SESSIONS = "/chat-v1/sessions";
const SESSION = `${SESSIONS}/{id}`;

/** @type {readonly Operation[]} */
export const OPERATIONS = [
  {
    name: "listSessions",
    method: "GET",
    path: SESSIONS,
    query: { page: /^[1-9]\d{0,8}$/, page_size: /^(?:100|[1-9]\d?)$/ },
  },
  { name: "createSession", method: "POST", path: SESSIONS, body: true },
  {
    name: "getSession",
    method: "GET",
    path: SESSION,
    query: { include_messages: BOOLEAN, include_statuses: BOOLEAN, include_votes: BOOLEAN },
  },
  { name: "updateSession", method: "PATCH", path: SESSION, body: true },
  { name: "deleteSession", method: "DELETE", path: SESSION },
  { name: "sendPrompt", method: "POST", path: `${SESSION}/prompt`, body: true },
  { name: "clearSources", method: "POST", path: `${SESSION}/sources/clear` },
];

/** The beginning of every operation's path. */
export const API_ROOT = "/chat-v1/";

/** The methods that any operation has. */
export const METHODS = [...new Set(OPERATIONS.map(({ method }) => method))];

/**
 * The operations at a path, and the text of the id: empty if their path has none.
 *
 * @param {string} path from `/chat-v1/` on, not decoded
 * @returns {{ id: string, operations: Operation[] }}
 */
export function operationsAt(path) {
  const sent = path.split("/");
  let id = "";
  const operations = OPERATIONS.filter((operation) => {
    const parts = operation.path.split("/");
    if (parts.length !== sent.length) return false;
    const matches = parts.every((part, i) => (part === "{id}" ? sent[i] !== "" : part === sent[i]));
    if (matches && parts.includes("{id}")) id = sent[parts.indexOf("{id}")];
    return matches;
  });
  return { id, operations };
}

/**
 * A session's id as the API writes it in a path.
 *
 * @param {string} text
 * @returns {number | undefined} undefined for any other text
 */
export function sessionId(text) {
  const id = Number(text);
  return Number.isSafeInteger(id) && id > 0 && String(id) === text ? id : undefined;
}
