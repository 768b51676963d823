// @ts-check
// The responses of the fault server to one request, as factories of steps. A step is a list of actions on the raw connection;
// server.mjs plays them, and table.mjs has the right outcome of each.

import { gzipSync } from "node:zlib";

/**
 * One action on the connection. The server adds CORS headers to a head; `open` omits the blank line at its end. `stall`
 * lasts until the client closes the connection.
 * @typedef {{ op: "head", status: number, reason?: string, headers: Headers, open?: boolean }
 *   | { op: "write", bytes: Bytes }
 *   | { op: "pause", ms: number }
 *   | { op: "stall" | "reset" | "close" }} Action
 * @typedef {string | Uint8Array} Bytes
 * @typedef {[name: string, value: string][]} Headers
 * @typedef {{ name: string, actions: Action[] }} Step
 * @typedef {{ id: number, status: string, [field: string]: unknown }} Session
 */

export const SESSION_ID = 2229;

/**
 * A session with the documented fields.
 * @param {string} status
 * @param {Record<string, unknown>} [more]
 * @returns {Session}
 */
export function session(status, more = {}) {
  return {
    id: SESSION_ID,
    title: "API Docs Example",
    title_status: "user",
    status,
    active_message_id: null,
    messages: null,
    sources: null,
    model_generation_params: null,
    model_id: null,
    user_id: 9846,
    votes: null,
    created_at: "2026-04-29T20:52:25Z",
    updated_at: "2026-04-29T20:52:25Z",
    ...more,
  };
}

export const PENDING = session("finding_sources");
export const ACTIVE = session("active", { active_message_id: 20713 });

/** A message with the documented fields. @param {number} id @param {string} type @param {Record<string, unknown>} [more] */
const message = (id, type, more = {}) => ({
  id,
  session_id: SESSION_ID,
  message_type: type,
  ordinal_id: String(id),
  runner_version: "v2",
  tool_settings: null,
  user_id: 9846,
  created_at: "2026-04-29T20:52:25Z",
  updated_at: "2026-04-29T20:52:25Z",
  ...more,
});

/** A prompt message. */
export const PROMPT = message(20713, "prompt", { content: "And the margins?" });

/** A page of sessions, the last one. */
export const PAGE = {
  data: [ACTIVE, { ...PENDING, id: SESSION_ID - 1 }],
  pagination: {
    page: 2,
    page_size: 5,
    total_pages: 2,
    total_count: 7,
    has_next: false,
    has_previous: true,
  },
};

export const CONFIRMATION = { success: true };

/** The session with a response to the prompt, for which an `ask` waits. */
export const ANSWERED = {
  ...ACTIVE,
  messages: [PROMPT, message(20714, "response", { prompt_message_id: PROMPT.id, content: "12 %" })],
};

/** The new session in the response to a create with that prompt. */
export const CREATED = { ...PENDING, initial_prompt: PROMPT };

const JSON_TYPE = "application/json";

/**
 * @param {string} name
 * @param {Action[]} actions
 * @returns {Step}
 */
const step = (name, ...actions) => ({ name, actions });

/** @param {Bytes} bytes @returns {Action} */
const write = (bytes) => ({ op: "write", bytes });

/** @param {Bytes} bytes */
const size = (bytes) => String(Buffer.byteLength(bytes));

/**
 * The head of a response whose body claims to be `length` bytes long.
 * @param {number} status
 * @param {string} length
 * @param {Headers} [headers]
 * @param {string} [type]
 * @returns {Action}
 */
const head = (status, length, headers = [], type = JSON_TYPE) => ({
  op: "head",
  status,
  headers: [["Content-Type", type], ["Content-Length", length], ...headers],
});

/**
 * A whole response.
 * @param {string} name
 * @param {Bytes} bytes
 * @param {{ status?: number, headers?: Headers, type?: string }} [options]
 */
const whole = (name, bytes, { status = 200, headers, type } = {}) =>
  step(name, head(status, size(bytes), headers, type), write(bytes));

// Good responses, some of them unusual.

/** @param {unknown} value @param {{ status?: number, headers?: Headers }} [options] */
export const json = (value, options) => whole("json", JSON.stringify(value), options);

/** @param {unknown} value */
export const wrongContentType = (value) =>
  whole("wrongContentType", JSON.stringify(value), { type: "text/plain" });

/** @param {unknown} value */
export const noContentType = (value) => {
  const text = JSON.stringify(value);
  const headers = /** @type {Headers} */ ([["Content-Length", size(text)]]);
  return step("noContentType", { op: "head", status: 200, headers }, write(text));
};

/** @param {unknown} value */
export const withBom = (value) => whole("withBom", `\uFEFF${JSON.stringify(value)}`);

/**
 * Bytes that are not UTF-8, in a field named `invalid`: three single bytes, and a surrogate in CESU-8.
 * @param {object} value
 */
export function invalidUtf8(value) {
  const [before = "", after = ""] = JSON.stringify({ ...value, invalid: "HERE" }).split("HERE");
  const invalid = Buffer.from([0xff, 0xc3, 0x28, 0x80, 0xed, 0xa0, 0x80]);
  return whole("invalidUtf8", Buffer.concat([Buffer.from(before), invalid, Buffer.from(after)]));
}

/** Repeats the important fields; the last value counts. @param {object} value */
export const duplicateKeys = (value) =>
  whole(
    "duplicateKeys",
    `{"status":"deleted","id":1,"data":5,"success":false,${JSON.stringify(value).slice(1)}`,
  );

/** A payload of at least `bytes` bytes. @param {object} value @param {number} [bytes] */
export const hugeBody = (value, bytes = 20 * 2 ** 20) =>
  whole("hugeBody", JSON.stringify({ ...value, huge: "0123456789abcdef".repeat(bytes / 16) }));

/** Valid JSON with `depth` nested arrays. @param {object} value @param {number} depth */
export const deepNesting = (value, depth) =>
  whole(
    "deepNesting",
    `${JSON.stringify(value).slice(0, -1)},"deep":${"[".repeat(depth)}${"]".repeat(depth)}}`,
  );

/** @param {unknown} value */
export const gzipped = (value) =>
  whole("gzipped", gzipSync(JSON.stringify(value)), { headers: [["Content-Encoding", "gzip"]] });

/** No Content-Length: the end of the connection is the end of the body. @param {unknown} value */
export const untilClose = (value) =>
  step(
    "untilClose",
    { op: "head", status: 200, headers: [["Content-Type", JSON_TYPE], ["Connection", "close"]] }, // prettier-ignore
    write(JSON.stringify(value)),
    { op: "close" },
  );

/** @param {unknown} value @param {number} [chunkBytes] */
export function chunked(value, chunkBytes = 7) {
  const bytes = Buffer.from(JSON.stringify(value));
  const step = chunkedHead("chunked");
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    step.actions.push(chunk(bytes.subarray(at, at + chunkBytes)));
  }
  step.actions.push(write("0\r\n\r\n"));
  return step;
}

/** @param {string} name */
const chunkedHead = (name) =>
  step(name, {
    op: "head",
    status: 200,
    headers: [["Content-Type", JSON_TYPE], ["Transfer-Encoding", "chunked"]], // prettier-ignore
  });

/** @param {Uint8Array} bytes */
const chunk = (bytes) =>
  write(Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")])); // prettier-ignore

/** Interim responses before the real one. @param {Step} then */
export const earlyHints = (then) =>
  step(
    "earlyHints",
    { op: "head", status: 102, reason: "Processing", headers: [] },
    {
      op: "head",
      status: 103,
      reason: "Early Hints",
      headers: [["Link", "</a.css>; rel=preload"]],
    },
    ...then.actions,
  );

/** The same response, late. @param {number} ms @param {Step} then */
export const late = (ms, then) => step("late", { op: "pause", ms }, ...then.actions);

/**
 * A whole response, a few bytes at a time.
 * @param {unknown} value
 * @param {{ bytesPerChunk?: number, everyMs?: number }} [options]
 */
export function drip(value, { bytesPerChunk = 64, everyMs = 2 } = {}) {
  const bytes = Buffer.from(JSON.stringify(value));
  const dripping = step("drip", head(200, size(bytes)));
  for (let at = 0; at < bytes.length; at += bytesPerChunk) {
    dripping.actions.push(write(bytes.subarray(at, at + bytesPerChunk)));
    dripping.actions.push({ op: "pause", ms: everyMs });
  }
  return dripping;
}

// Responses that are lost or never end.

export const resetBeforeHeaders = () => step("resetBeforeHeaders", { op: "reset" });
export const closeWithoutResponse = () => step("closeWithoutResponse", { op: "close" });
export const stallBeforeHeaders = () => step("stallBeforeHeaders", { op: "stall" });

/** @type {Action} */
const OPEN_HEAD = { op: "head", status: 200, headers: [["Content-Type", JSON_TYPE]], open: true };

export const resetMidHeaders = () => step("resetMidHeaders", OPEN_HEAD, { op: "reset" });
export const closeMidHeaders = () => step("closeMidHeaders", OPEN_HEAD, { op: "close" });
export const stallMidHeaders = () => step("stallMidHeaders", OPEN_HEAD, { op: "stall" });

/**
 * The first half of a response, then another end.
 * @param {string} name
 * @param {Action["op"] & ("reset" | "close" | "stall")} end
 * @param {unknown} value
 */
function half(name, end, value, code = 200) {
  const text = JSON.stringify(value);
  // The pause lets the client read the head before the connection ends.
  return step(name, head(code, size(text)), write(text.slice(0, text.length / 2)), { op: "pause", ms: 5 }, { op: end }); // prettier-ignore
}

/** @param {unknown} [value] */
export const resetMidBody = (value = ACTIVE) => half("resetMidBody", "reset", value);
/** @param {unknown} [value] */
export const closeMidBody = (value = ACTIVE) => half("closeMidBody", "close", value);
/** @param {unknown} [value] */
export const stallMidBody = (value = ACTIVE) => half("stallMidBody", "stall", value);

/** An error response with half a body. @param {number} code */
export const stalledBody = (code) => half("stalledBody", "stall", { error: `no ${code}` }, code);

/** The whole payload without the final chunk. @param {unknown} [value] */
export function closeMidChunks(value = ACTIVE) {
  const step = chunkedHead("closeMidChunks");
  step.actions.push(chunk(Buffer.from(JSON.stringify(value))), { op: "pause", ms: 5 });
  step.actions.push({ op: "close" });
  return step;
}

/** Never ends and never pauses for long, so a timeout on silence does not end it. */
export function dripForever() {
  const dripping = chunkedHead("dripForever");
  const space = chunk(Buffer.from(" "));
  for (let i = 0; i < 2_000; i += 1) dripping.actions.push(space, { op: "pause", ms: 10 });
  return dripping;
}

/** @param {string} bytes */
export const raw = (bytes) => step("raw", write(bytes), { op: "close" });

/** An upgrade without a request for one. */
export const unrequestedUpgrade = () =>
  raw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: foo\r\nConnection: Upgrade\r\n\r\n");

export const notHttp = () => raw("220 mail.example ESMTP\r\n");

/** More header bytes than any client accepts. */
export const endlessHeaders = () =>
  raw(`HTTP/1.1 200 OK\r\n${`X-Filler: ${"x".repeat(1_000)}\r\n`.repeat(400)}\r\n`);

/** @param {unknown} [value] */
export const falseGzip = (value = ACTIVE) => {
  const text = JSON.stringify(value);
  return whole("falseGzip", text, { headers: [["Content-Encoding", "gzip"]] });
};

// Whole responses without the payload.

/** @param {unknown} [value] */
export const truncatedJson = (value = ACTIVE) =>
  whole("truncatedJson", JSON.stringify(value).slice(0, -5));

export const html200 = () =>
  whole("html200", "<!doctype html><title>Sign in</title><p>Please sign in to the network.", {
    type: "text/html",
  });

export const otherSession = () =>
  whole("otherSession", JSON.stringify({ ...ACTIVE, id: SESSION_ID + 1 }));

/** @param {number} depth */
export const unclosedNesting = (depth) => whole("unclosedNesting", `{"a":`.repeat(depth));

/** @param {string} text */
export const text200 = (text) => whole("text200", text);

/** @param {200 | 202 | 204} code */
export const empty = (code) =>
  code === 204
    ? step("empty", { op: "head", status: 204, headers: [] })
    : whole("empty", "", { status: code });

/** @param {unknown} value */
export const utf16 = (value) =>
  whole("utf16", Buffer.from(`\uFEFF${JSON.stringify(value)}`, "utf16le"));

// Refusals.

/**
 * @param {number} code
 * @param {{ retryAfter?: string, retryAfterMs?: string, headers?: Headers, body?: unknown }} [options]
 */
export function status(code, { retryAfter, retryAfterMs, headers = [], body } = {}) {
  const all = /** @type {Headers} */ ([...headers]);
  if (retryAfter !== undefined) all.push(["Retry-After", retryAfter]);
  if (retryAfterMs !== undefined) all.push(["Retry-After-Ms", retryAfterMs]);
  if (code === 304) return step("status", { op: "head", status: 304, headers: all });
  const text = typeof body === "string" ? body : JSON.stringify(body ?? { error: `no ${code}` });
  return whole("status", text, { status: code, headers: all });
}

/** @param {number} code @param {string} location */
export const redirect = (code, location) =>
  whole("redirect", "", { status: code, headers: [["Location", location]] });
