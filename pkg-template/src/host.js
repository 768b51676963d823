// @ts-check
// What the JavaScript side lends to the WebAssembly module, for one client: `src/web/js.rs` declares it as `Host`. It holds
// the key, and sees to it that nothing that is told of an answer has it in it. What an answer means is decided there.
import { headerKey, idIn } from "./arguments/options.js";
import { AieraChatError } from "./errors.js";
import { neverLeft } from "./network.js";
import { page } from "./page.js";
import { redact } from "./redact.js";
import { parseRetryAfter } from "./retry-after.js";
import { serverWords } from "./words.js";

/** The fields of an error and of an event, in the order that `src/web/errors.rs` writes them in. */
const ERROR_FIELDS = "status retryAfterMs requestId sessionId attempts elapsedMs body".split(" ");
const EVENT_FIELDS = "attempt elapsedMs httpStatus sessionStatus nextDelayMs reason error".split(" ");

/** How much of a body is looked at, in characters, and how much of it an error keeps, in bytes. */
const LOOKED_AT = 8_192;
const KEPT = 2_048;

/** The headers that a request's id may stand in. */
const REQUEST_ID = ["x-request-id", "request-id", "x-amzn-requestid"];

/**
 * @param {string[]} names
 * @param {unknown[]} values
 */
function named(names, values) {
  return Object.fromEntries(
    names.map((name, at) => [name, values[at]]).filter(([, value]) => value !== undefined),
  );
}

/**
 * A header, undefined where there is none or where there are no headers.
 * @param {any} reply
 * @param {string} name
 * @returns {string | undefined}
 */
function header(reply, name) {
  try {
    return reply.headers.get(name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} text */
function cut(text) {
  const bytes = new TextEncoder().encode(text);
  // A character that the cut divides goes as a whole.
  return new TextDecoder().decode(bytes.subarray(0, KEPT), { stream: bytes.length > KEPT });
}

/**
 * @param {any[]} fields
 * @param {unknown} lastSession
 * @param {boolean} hasCause
 * @param {unknown} cause
 */
export function error([code, message, ...fields], lastSession, hasCause, cause) {
  const given = { ...named(ERROR_FIELDS, fields), lastSession };
  return new AieraChatError(code, message, hasCause ? { ...given, cause } : given);
}

/** @param {Record<string, any>} client the client's options, as they were read */
export function createHost(client) {
  const { apiKey, base, pairs, credentials } = client;
  const clean = (/** @type {string | undefined} */ text, /** @type {string} */ key) =>
    text && key ? redact(text, key) : text;
  return {
    base,
    canRefresh: typeof apiKey === "function",
    idIn,
    error,

    async key() {
      if (typeof apiKey !== "function") return headerKey(apiKey) ?? "";
      const key = headerKey(await apiKey());
      // What was given instead is not told: it may be a key with a typing error in it.
      if (key === undefined) throw undefined;
      return key;
    },

    /**
     * @param {[string, string][][]} waiters
     * @param {string} key
     * @param {boolean} hasBody
     */
    headers(waiters, key, hasBody) {
      const headers = Object.fromEntries([pairs, ...waiters].flat());
      if (hasBody) {
        delete headers["content-type"];
        headers["Content-Type"] = "application/json";
      }
      if (key) headers["X-API-Key"] = key;
      return headers;
    },

    /**
     * @param {string} url
     * @param {string | undefined} body
     * @param {Record<string, string>} headers
     * @param {AbortSignal | undefined} signal
     */
    send(url, body, headers, signal) {
      /** @type {RequestInit} */
      const init = {
        method: body === undefined ? "GET" : "POST",
        headers,
        // With "follow" the key would go wherever a redirect points.
        redirect: "manual",
        credentials: credentials ?? "same-origin",
      };
      if (body !== undefined) init.body = body;
      if (signal) init.signal = signal;
      // A poll from a cache would never change. Not every server's runtime knows the option, and none has such a cache.
      if (page().isBrowser) init.cache = "no-store";
      // The global one is looked up anew each time, since a page may replace it, and called on nothing, as browsers want it.
      const fetch = client.fetch ?? globalThis.fetch;
      if (!fetch) throw new TypeError("there is no fetch here: pass one as options.fetch");
      return Promise.resolve(fetch(url, init));
    },

    /** @param {any} reply */
    retryAfter(reply) {
      const [ms, time] = [header(reply, "retry-after-ms"), header(reply, "retry-after")];
      return ms || time ? parseRetryAfter(ms, time, header(reply, "date")) : undefined;
    },

    /**
     * @param {any} reply
     * @param {unknown} text
     * @param {unknown} json
     * @param {string} key
     */
    told(reply, text, json, key) {
      const id = REQUEST_ID.map((name) => header(reply, name)).find(Boolean);
      const start = clean(typeof text === "string" ? text.slice(0, LOOKED_AT) : "", key) ?? "";
      const words = clean(serverWords(start, json), key);
      const redirected = reply.redirected || reply.type === "opaqueredirect" ? "redirected" : undefined;
      return [clean(header(reply, "location"), key), clean(id, key), cut(start), words, redirected];
    },

    /**
     * @param {any} error
     * @param {string} key
     */
    lost(error, key) {
      const code = error?.cause?.code ?? error?.code;
      const detail = typeof code === "string" ? code : error?.cause?.message;
      const message = String(error?.message ?? error) + (detail ? ` (${detail})` : "");
      const words = clean(message, key);
      const stack = String(error?.stack ?? "");
      // The platform's error is passed on, unless the key is in it.
      const cause = words === message && clean(stack, key) === stack ? error : new Error(words);
      return [words, cause, neverLeft(typeof code === "string" ? code : undefined, message)];
    },

    /**
     * @param {unknown[]} fields
     * @param {unknown} error
     */
    event(fields, error) {
      return named(EVENT_FIELDS, [...fields, error]);
    },

    /**
     * What a callback threw is the caller's business, as any uncaught error.
     * @param {unknown} error
     */
    report(error) {
      if (typeof globalThis.reportError === "function") return globalThis.reportError(error);
      queueMicrotask(() => {
        throw error;
      });
    },
  };
}
