// @ts-check
// The seven operations on the store, with their documented errors. The exchange handles faults, keys and delays.
import { OPERATIONS, operationsAt, sessionId as idOf } from "../shared/operations.js";

/** @typedef {import("../../testing.js").MockRequest} MockRequest */
/** @typedef {import("../../testing.js").MockOperation} MockOperation */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {{ status: number, json: unknown }} Result */

const PAGE_SIZE = { default: 20, max: 100 };

/** @type {Record<MockOperation, (store: Store, request: MockRequest) => Result>} */
const RUN = {
  listSessions,
  createSession,
  getSession,
  updateSession,
  deleteSession,
  sendPrompt,
  clearSources,
};

/**
 * The operation of a request, if the API has it.
 *
 * @param {string} method
 * @param {string} path  from `/chat-v1/` on
 * @returns {{ operation: MockOperation | null, sessionId: number | null }}
 */
export function recognize(method, path) {
  const { id, operations } = operationsAt(path);
  const operation = operations.find((candidate) => candidate.method === method);
  return { operation: operation?.name ?? null, sessionId: (operation && idOf(id)) ?? null };
}

/**
 * Carries out a request.
 *
 * @param {Store} store
 * @param {MockRequest} request
 * @returns {Result}
 */
export function operate(store, request) {
  if (request.operation) return RUN[request.operation](store, request);
  const names = OPERATIONS.map(({ name }) => name).join(", ");
  return failure(501, `${request.method} ${request.path} is none of the operations ${names}`);
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
function listSessions(store, { query }) {
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
function createSession(store, request) {
  const { fields, error } = readBody(request, {
    title: string,
    prompt: string,
    sources: array,
    tool_settings: anything,
  });
  if (error) return failure(400, error);
  if (fields.prompt?.trim() === "") return failure(400, "prompt must not be empty");
  return { status: 201, json: store.create(fields) };
}

/** @type {(store: Store, request: MockRequest) => Result} */
function getSession(store, { sessionId, query }) {
  const session = store.find(sessionId, { forReading: true });
  if (!session) return notFound();
  const json = store.view(session, {
    include_messages: query.include_messages === "true",
    include_statuses: query.include_statuses === "true",
  });
  if (session.run) session.run.shown += 1;
  return { status: 200, json };
}

/** @type {(store: Store, request: MockRequest) => Result} */
function updateSession(store, request) {
  const session = store.find(request.sessionId);
  if (!session) return notFound();
  const { fields, error } = readBody(request, { title: string, sources: array });
  if (error) return failure(400, error);
  // As in the API: an empty list is ignored; `clearSources` clears the list.
  if (fields.sources?.length === 0) delete fields.sources;
  store.update(session, fields);
  return { status: 200, json: store.view(session) };
}

/** @type {(store: Store, request: MockRequest) => Result} */
function deleteSession(store, { sessionId }) {
  const session = store.find(sessionId);
  if (!session) return notFound();
  store.delete(session);
  return { status: 200, json: { success: true } };
}

/** @type {(store: Store, request: MockRequest) => Result} */
function sendPrompt(store, request) {
  const session = store.find(request.sessionId);
  if (!session) return notFound();
  const { fields, error } = readBody(request, { content: string, tool_settings: anything });
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

/** @typedef {{ accepts: (value: unknown) => boolean, expected: string }} Field */
/** @type {Field} */
const string = { accepts: (value) => typeof value === "string", expected: "a string" };
/** @type {Field} */
const array = { accepts: Array.isArray, expected: "an array" };
/** @type {Field} */
const anything = { accepts: () => true, expected: "any value" };

/**
 * The fields of a body that the table has. Other fields are ignored, null means absent, and no body means `{}`.
 *
 * @param {MockRequest} request
 * @param {Record<string, Field>} table
 * @returns {{ fields: Record<string, any>, error?: string }}
 */
function readBody({ body, json }, table) {
  const object = body === "" ? {} : json;
  if (object === undefined) return { fields: {}, error: "the body is not valid JSON" };
  if (object === null || typeof object !== "object" || Array.isArray(object)) {
    return { fields: {}, error: "the body must be a JSON object" };
  }
  /** @type {Record<string, any>} */
  const fields = {};
  for (const [name, { accepts, expected }] of Object.entries(table)) {
    const value = Object.hasOwn(object, name) ? object[name] : undefined;
    if (value === undefined || value === null) continue;
    if (!accepts(value)) return { fields: {}, error: `${name} must be ${expected}` };
    fields[name] = value;
  }
  return { fields };
}
