// @ts-check
// One HTTP exchange: a request goes out, an answer is read. Nothing that is told of it has the key in it, but for the
// session, which is the caller's. What an answer means is the core's business.
import { idIn } from "./arguments/options.js";
import { neverLeft } from "./network.js";
import { redact } from "./redact.js";
import { parseRetryAfter } from "./retry-after.js";
import { serverWords } from "./words.js";

/** How much of a body is looked at, in characters, and how much of it an error keeps, in bytes. */
const LOOKED_AT = 8_192;
const KEPT = 2_048;

/** The headers that a request's id may stand in. */
const REQUEST_ID = ["x-request-id", "request-id", "x-amzn-requestid"];

/**
 * What came of an exchange, as `src/web/js.rs` declares it, and what is told of it.
 * @typedef {object} Answer
 * @property {number} kind
 * @property {number} [status] of HTTP; 0 where the platform hides it
 * @property {number} [retryAfter] milliseconds that the server asks to wait
 * @property {number} [id] of the session
 * @property {string} [state] the session's status
 * @property {boolean} [changed] whether it is another than the one seen last
 * @property {any} [session] until the waiters were told of it
 * @property {string} [text] that the session was read from
 * @property {string} [why] it is not a session
 * @property {string} [location] where a redirect points
 * @property {string} [requestId]
 * @property {string} [body] its beginning
 * @property {string} [words] the server's own, or the platform's
 * @property {unknown} [cause] the platform's error, or what the apiKey function threw
 */

// The kinds of answers, as `src/web/exchange.rs` reads them.
const SESSION = 0;
const REPLY = 1;
const REDIRECT = 2;
const LOST = 3;
const UNSENT = 4;
export const NO_KEY = 5;

/**
 * Sends the request and reads the answer.
 * @param {typeof fetch | undefined} given
 * @param {string} url
 * @param {RequestInit} init
 * @param {string} key
 * @param {Answer} [seen] the last one with a session in it
 * @returns {Promise<Answer>} never rejects
 */
export async function exchange(given, url, init, key, seen) {
  const clean = (/** @type {string | null | undefined} */ text) =>
    (text && key ? redact(text, key) : text) || undefined;
  // Of a request that fails while there is no network it is sure that it never left.
  let unsent = globalThis.navigator?.onLine === false;
  /** @type {number | undefined} */
  let status;
  try {
    // The global one is looked up anew each time, since a page may replace it, and called on nothing, as browsers want it.
    const send = given ?? globalThis.fetch;
    if (!send) throw new TypeError("there is no fetch here: pass one as options.fetch");
    const reply = await send(url, init);
    unsent = false;
    status = reply?.status;
    if (typeof status !== "number")
      throw new TypeError("fetch gave something else than a Response");
    const redirect = reply.redirected || reply.type === "opaqueredirect";
    let text = "";
    // Nobody reads what a redirect says.
    if (!redirect && (status < 300 || status >= 400)) {
      try {
        text = await reply.text();
      } catch (error) {
        // Else the status says enough.
        if (isSuccess(status)) throw error;
      }
    }
    return read(reply, status, redirect, text, clean, seen);
  } catch (error) {
    return lost(error, status, unsent, clean);
  }
}

/** @param {number} status */
const isSuccess = (status) => status >= 200 && status < 300;

/**
 * @param {Response} reply
 * @param {number} status
 * @param {boolean} redirect
 * @param {string} text its body; none of a redirect's
 * @param {(text: string | null | undefined) => string | undefined} clean
 * @param {Answer} [seen]
 * @returns {Answer}
 */
function read(reply, status, redirect, text, clean, seen) {
  const header = (/** @type {string} */ name) => reply.headers?.get(name);
  const [ms, time] = [header("retry-after-ms"), header("retry-after")];
  const retryAfter = ms || time ? parseRetryAfter(ms, time, header("date")) : undefined;
  const success = isSuccess(status) && !redirect;
  let json;
  let why = "it is not JSON";
  if (success && text === seen?.text) {
    return { kind: SESSION, status, retryAfter, id: seen.id, state: seen.state, text };
  }
  try {
    json = JSON.parse(text);
    const id = idIn(json?.id);
    const state = json?.status;
    if (success && id && typeof state === "string") {
      return { kind: SESSION, status, retryAfter, id, state, changed: true, session: json, text };
    }
    why = "it has no id and status";
  } catch {
    // It is not JSON.
  }
  const start = clean(text.slice(0, LOOKED_AT)) ?? "";
  return {
    kind: redirect ? REDIRECT : REPLY,
    status,
    retryAfter,
    why,
    location: clean(header("location")),
    requestId: clean(REQUEST_ID.map(header).find(Boolean)),
    body: cut(start) || undefined,
    words: clean(serverWords(start, json)),
  };
}

/**
 * @param {any} error
 * @param {number | undefined} status
 * @param {boolean} unsent
 * @param {(text: string | undefined) => string | undefined} clean
 * @returns {Answer}
 */
function lost(error, status, unsent, clean) {
  const inner = error?.cause;
  const code = [inner?.code, error?.code].find((code) => typeof code === "string");
  const detail = code ?? inner?.message;
  const message = String(error?.message ?? error) + (detail ? ` (${detail})` : "");
  const words = clean(message);
  const stack = String(error?.stack ?? "");
  // The platform's error is passed on, unless the key is in it.
  const cause =
    (words ?? "") === message && (clean(stack) ?? "") === stack ? error : new Error(words);
  return { kind: unsent || neverLeft(code, message) ? UNSENT : LOST, status, words, cause };
}

/**
 * The beginning of a text, of at most `KEPT` bytes in UTF-8. Without `TextEncoder`, which some test environments hide.
 * @param {string} text
 */
function cut(text) {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    const code = Number(character.codePointAt(0));
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (bytes > KEPT) break;
    end += character.length;
  }
  return text.slice(0, end);
}
