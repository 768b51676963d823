// @ts-check
// The options of `createProxyHandler`, read once at construction. The key that a function returns is checked at each call.
import { DEFAULT_BASE_URL, headerKey, isHost, isLoopback } from "../shared/http.js";
import {
  callback,
  either,
  infinity,
  integer,
  invalid,
  listOf,
  milliseconds,
  readOptions,
  required,
} from "../shared/options.js";
import { isUrl } from "../shared/url.js";

/** @typedef {import("../shared/options.js").Kind} Kind */
/**
 * @typedef {object} Settings
 * @property {() => Promise<string>} key
 * @property {string} base
 * @property {((request: Request) => unknown) | undefined} authorize
 * @property {ReadonlySet<string>} origins
 * @property {ReadonlySet<string> | null} hosts
 * @property {typeof fetch} fetch
 * @property {number} maxBodyBytes
 * @property {number} timeoutMs
 * @property {(error: unknown) => void} report
 */

const ARGUMENT = "createProxyHandler: options";

const KEY = "a string of visible Latin-1 characters that is not blank";

/** Reads a key, or a function that returns one, as a function that resolves with the key. @type {Kind} */
const apiKey = {
  expected: `${KEY}, or a function that returns one or a promise of one`,
  secret: true,
  read(value) {
    if (typeof value === "function") return async () => providedKey(await value());
    const key = headerKey(value);
    return key === undefined ? undefined : async () => key;
  },
};

/** @param {unknown} value */
function providedKey(value) {
  const key = headerKey(value);
  if (key === undefined) throw invalid(`${ARGUMENT}.apiKey must return ${KEY}.`);
  return key;
}

/** The normal form of a base URL, without a final slash. @type {Kind} */
const baseUrl = {
  expected: "an https: URL (http: on loopback only) without credentials, query and fragment",
  secret: true,
  read(value) {
    if (typeof value !== "string" && !isUrl(value)) return undefined;
    const url = new URL(String(value));
    const isPrivate =
      url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
    if (!isPrivate || url.username || url.password || /[?#]/.test(String(value))) return undefined;
    return url.origin + url.pathname.replace(/\/+$/, "");
  },
};

/** Origins of the web in their normal form; those of apps (`capacitor://localhost`) unchanged. @type {Kind} */
const origin = {
  expected: "an exact origin",
  read(value) {
    if (typeof value !== "string") return undefined;
    if (!/^https?:/i.test(value)) {
      return /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@*]+$/.test(value) ? value : undefined;
    }
    const url = new URL(value);
    return url.href === `${url.origin}/` && !/[?#*]/.test(value) ? url.origin : undefined;
  },
};

/** @type {Kind} */
const host = {
  expected: "a host",
  read(value) {
    const text = typeof value === "string" ? value.toLowerCase() : "";
    return isHost(text) ? text : undefined;
  },
};

const OPTIONS = {
  apiKey: required(apiKey),
  baseUrl,
  authorize: callback,
  allowedOrigins: listOf(
    origin,
    'a list of exact origins, such as "https://app.example" ("*" would let every page spend the key)',
  ),
  allowedHosts: listOf(host, 'a list of hosts as in a Host header, such as "localhost:3000"'),
  fetch: callback,
  maxBodyBytes: integer(1),
  timeoutMs: either(milliseconds(1), infinity),
  onError: callback,
};

/**
 * @param {unknown} options
 * @returns {Settings}
 */
export function readProxyOptions(options) {
  const values = readOptions(ARGUMENT, options, OPTIONS);
  return {
    key: values.apiKey,
    base: values.baseUrl ?? DEFAULT_BASE_URL,
    authorize: values.authorize,
    origins: new Set(values.allowedOrigins),
    hosts: values.allowedHosts ? new Set(values.allowedHosts) : null,
    // Looked up at each call, so that a later replacement of the global (instrumentation, a test) is used.
    fetch: values.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    maxBodyBytes: values.maxBodyBytes ?? 1024 * 1024,
    timeoutMs: values.timeoutMs ?? 30_000,
    report(error) {
      try {
        values.onError?.(error);
      } catch {
        // A logger that throws must not change the response.
      }
    },
  };
}
