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
 * Sends the request and reads the answer. Comes to an array in the order that `src/web/exchange.rs` reads it in: its first
 * place says whether it tells of a session (0), of another answer (1), or of a lost one (2).
 * @param {typeof fetch | undefined} given
 * @param {string} url
 * @param {RequestInit} init
 * @param {string} key
 * @param {string | undefined} seen the text of the session that was seen last
 * @returns {Promise<unknown[]>} never rejects
 */
export async function exchange(given, url, init, key, seen) {
  const clean = (/** @type {string | undefined} */ text) =>
    text && key ? redact(text, key) : text;
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
    return await read(reply, status, clean, seen);
  } catch (error) {
    return lost(error, status, unsent, clean);
  }
}

/**
 * @param {Response} reply
 * @param {number} status
 * @param {(text: string | undefined) => string | undefined} clean
 * @param {string | undefined} seen
 */
async function read(reply, status, clean, seen) {
  const header = (/** @type {string} */ name) => reply.headers?.get(name) ?? undefined;
  const [ms, time] = [header("retry-after-ms"), header("retry-after")];
  const retryAfter = ms || time ? parseRetryAfter(ms, time, header("date")) : undefined;
  const success = status >= 200 && status < 300;
  const redirect = reply.redirected || reply.type === "opaqueredirect";
  let text = "";
  let json;
  let why = "it is not JSON";
  // Nobody reads what a redirect says.
  if (!redirect && (status < 300 || status >= 400)) {
    try {
      text = await reply.text();
    } catch (error) {
      if (success) throw error;
      // The status says enough.
    }
    if (success && text === seen) return [0, status, retryAfter];
    try {
      json = JSON.parse(text);
      const id = idIn(json?.id);
      if (success && id && typeof json.status === "string") {
        return [0, status, retryAfter, id, json.status, json, text];
      }
      why = "it has no id and status";
    } catch {
      // It is not JSON.
    }
  }
  const start = clean(text.slice(0, LOOKED_AT)) ?? "";
  const words = clean(serverWords(start, json));
  const id = clean(REQUEST_ID.map(header).find(Boolean));
  return [1, status, retryAfter, redirect, clean(header("location")), id, why, cut(start), words];
}

/**
 * @param {any} error
 * @param {number | undefined} status
 * @param {boolean} unsent
 * @param {(text: string | undefined) => string | undefined} clean
 */
function lost(error, status, unsent, clean) {
  const inner = error?.cause;
  const code = [inner?.code, error?.code].find((code) => typeof code === "string");
  const detail = code ?? inner?.message;
  const message = String(error?.message ?? error) + (detail ? ` (${detail})` : "");
  const words = clean(message);
  const stack = String(error?.stack ?? "");
  // The platform's error is passed on, unless the key is in it.
  const cause = words === message && clean(stack) === stack ? error : new Error(words);
  return [2, status, undefined, unsent || neverLeft(code, message), words, cause];
}

/** @param {string} text */
function cut(text) {
  const bytes = new TextEncoder().encode(text);
  // A character that the cut divides goes as a whole.
  return new TextDecoder().decode(bytes.subarray(0, KEPT), { stream: bytes.length > KEPT });
}
