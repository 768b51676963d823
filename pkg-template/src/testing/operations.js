// @ts-check
// The seven operations of the API: which request is which, what each does to the store, and its
// documented errors. Knows nothing of faults, keys and delays.

/** @typedef {import("../../testing.js").MockRequest} MockRequest */
/** @typedef {import("../../testing.js").MockOperation} MockOperation */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {{ status: number, json: unknown }} Result */

const SESSIONS = /^\/chat-v1\/sessions$/;
const SESSION = /^\/chat-v1\/sessions\/([^/]+)$/;
const PROMPT = /^\/chat-v1\/sessions\/([^/]+)\/prompt$/;
const CLEAR = /^\/chat-v1\/sessions\/([^/]+)\/sources\/clear$/;

const PAGE_SIZE = { default: 20, max: 100 };

/** @type {{ name: MockOperation, method: string, path: RegExp, run: (store: Store, request: MockRequest) => Result }[]} */
const OPERATIONS = [
  { name: "listSessions", method: "GET", path: SESSIONS, run: list },
  { name: "createSession", method: "POST", path: SESSIONS, run: create },
  { name: "getSession", method: "GET", path: SESSION, run: get },
  { name: "updateSession", method: "PATCH", path: SESSION, run: update },
  { name: "deleteSession", method: "DELETE", path: SESSION, run: remove },
  { name: "sendPrompt", method: "POST", path: PROMPT, run: sendPrompt },
  { name: "clearSources", method: "POST", path: CLEAR, run: clearSources },
];

/** @type {readonly string[]} */
export const OPERATION_NAMES = OPERATIONS.map(({ name }) => name);

/**
 * Which operation a request is, if any.
 * @param {string} method
 * @param {string} path from `/chat-v1/` on
 * @returns {{ operation: MockOperation | null, sessionId: number | null }}
 */
export function recognise(method, path) {
  for (const operation of OPERATIONS) {
    const match = operation.method === method ? operation.path.exec(path) : null;
    if (match) return { operation: operation.name, sessionId: toId(match[1]) };
  }
  return { operation: null, sessionId: null };
}

/**
 * Does what a request asks for.
 * @param {Store} store
 * @param {MockRequest} request
 * @returns {Result}
 */
export function operate(store, request) {
  const operation = OPERATIONS.find(({ name }) => name === request.operation);
  if (!operation) {
    return failure(501, `${request.method} ${request.path} is not a part of the mock API`);
  }
  return operation.run(store, request);
}

/**
 * @param {string | undefined} text
 * @returns {number | null} the id, if that is how the API would write it
 */
function toId(text) {
  const id = Number(text);
  return Number.isSafeInteger(id) && id > 0 && String(id) === text ? id : null;
}

/**
 * @param {number} status
 * @param {string} error
 * @returns {Result}
 */
function failure(status, error) {
  return { status, json: { error } };
}

const notFound = () => failure(404, "session not found");

/** @type {(store: Store, request: MockRequest) => Result} */
function list(store, { query }) {
  const page = pageNumber(query.page, 1);
  const page_size = Math.min(pageNumber(query.page_size, PAGE_SIZE.default), PAGE_SIZE.max);
  const all = store.list();
  const total_pages = Math.ceil(all.length / page_size);
  const data = all.slice((page - 1) * page_size, page * page_size);
  const pagination = {
    page,
    page_size,
    total_pages,
    total_count: all.length,
    has_next: page < total_pages,
    has_previous: page > 1,
  };
  return { status: 200, json: { data: data.map((session) => store.view(session)), pagination } };
}

/**
 * @param {string | undefined} text
 * @param {number} byDefault
 */
function pageNumber(text, byDefault) {
  const number = Number(text);
  return Number.isInteger(number) && number >= 1 ? number : byDefault;
}

/** @type {(store: Store, request: MockRequest) => Result} */
function create(store, request) {
  const { fields, error } = readBody(request, { title: isText, prompt: isText, sources: isList });
  if (error) return failure(400, error);
  if (fields.prompt?.trim() === "") return failure(400, "prompt must not be empty");
  return { status: 201, json: store.create(fields) };
}

/** @type {(store: Store, request: MockRequest) => Result} */
function get(store, { sessionId, query }) {
  const session = store.find(sessionId, { deleted: true });
  if (!session) return notFound();
  const json = store.view(session, {
    include_messages: query.include_messages === "true",
    include_statuses: query.include_statuses === "true",
  });
  // Now this stage has been seen once more.
  if (session.run) session.run.shown += 1;
  return { status: 200, json };
}

/** @type {(store: Store, request: MockRequest) => Result} */
function update(store, request) {
  const session = store.find(request.sessionId);
  if (!session) return notFound();
  const { fields, error } = readBody(request, { title: isText, sources: isList });
  if (error) return failure(400, error);
  store.update(session, fields);
  return { status: 200, json: store.view(session) };
}

/** @type {(store: Store, request: MockRequest) => Result} */
function remove(store, { sessionId }) {
  const session = store.find(sessionId);
  if (!session) return notFound();
  store.delete(session);
  return { status: 200, json: { success: true } };
}

/** @type {(store: Store, request: MockRequest) => Result} */
function sendPrompt(store, request) {
  const session = store.find(request.sessionId);
  if (!session) return notFound();
  const { fields, error } = readBody(request, { content: isText, tool_settings: isAnything });
  if (error) return failure(400, error);
  if (!fields.content?.trim()) return failure(400, "content is required");
  return { status: 201, json: store.start(session, fields.content, fields.tool_settings) };
}

/** @type {(store: Store, request: MockRequest) => Result} */
function clearSources(store, { sessionId }) {
  const session = store.find(sessionId);
  if (!session) return notFound();
  store.update(session, { sources: [] });
  return { status: 200, json: store.view(session) };
}

/** @typedef {{ is: (value: unknown) => boolean, what: string }} Kind */
/** @type {Kind} */
const isText = { is: (value) => typeof value === "string", what: "a string" };
/** @type {Kind} */
const isList = { is: Array.isArray, what: "an array" };
/** @type {Kind} */
const isAnything = { is: () => true, what: "anything" };

/**
 * The known fields of a body; others are accepted and ignored, null is absent, no body is `{}`.
 * @param {MockRequest} request
 * @param {Record<string, Kind>} kinds
 * @returns {{ fields: Record<string, any>, error?: string }}
 */
function readBody({ body, json }, kinds) {
  const given = body === "" ? {} : json;
  if (given === undefined) return { fields: {}, error: "the body is not valid JSON" };
  if (given === null || typeof given !== "object" || Array.isArray(given)) {
    return { fields: {}, error: "the body must be a JSON object" };
  }
  /** @type {Record<string, any>} */
  const fields = {};
  for (const [name, { is, what }] of Object.entries(kinds)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined || value === null) continue;
    if (!is(value)) return { fields: {}, error: `${name} must be ${what}` };
    fields[name] = value;
  }
  return { fields };
}
