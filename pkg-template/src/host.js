// @ts-check
// What the JavaScript side lends to the WebAssembly module, for one client: `src/web/js.rs` declares it as `Host`. What
// an answer means is decided there.
import { headerKey } from "./arguments/options.js";
import { AieraChatError } from "./errors.js";
import { exchange } from "./exchange.js";
import { page } from "./page.js";

/** The fields of an error and of an event, in the order that `src/web/errors.rs` writes them in. */
const ERROR_FIELDS = "status retryAfterMs requestId sessionId attempts elapsedMs body".split(" ");
const EVENT_FIELDS = "attempt elapsedMs httpStatus sessionStatus nextDelayMs reason error".split(
  " ",
);

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
 * @param {any[]} fields
 * @param {unknown} lastSession
 * @param {boolean} hasCause
 * @param {unknown} cause
 */
export function error([code, message, ...fields], lastSession, hasCause, cause) {
  const given = { ...named(ERROR_FIELDS, fields), lastSession };
  return new AieraChatError(code, message, hasCause ? { ...given, cause } : given);
}

/**
 * What a promise comes to, unless the signal is aborted first: some never come to anything.
 * @template T
 * @param {T | Promise<T>} promise
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<T>}
 */
function unlessAborted(promise, signal) {
  return new Promise((resolve, reject) => {
    signal?.addEventListener("abort", reject);
    Promise.resolve(promise).then(resolve, reject);
  });
}

/** @param {Record<string, any>} client the client's options, as they were read */
export function createHost(client) {
  const { apiKey, base, pairs, credentials } = client;
  return {
    base,
    canRefresh: typeof apiKey === "function",
    error,

    /** @param {AbortSignal | undefined} signal */
    async key(signal) {
      if (typeof apiKey !== "function") return headerKey(apiKey) ?? "";
      const key = headerKey(await unlessAborted(apiKey(), signal));
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
     * @param {string} key
     * @param {AbortSignal | undefined} signal
     * @param {string | undefined} seen
     */
    exchange(url, body, headers, key, signal, seen) {
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
      return unlessAborted(exchange(client.fetch, url, init, key, seen), signal);
    },

    /**
     * @param {unknown[]} fields
     * @param {unknown} error
     */
    event(fields, error) {
      return named(EVENT_FIELDS, [...fields, error]);
    },
  };
}
