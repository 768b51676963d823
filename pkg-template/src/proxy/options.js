// @ts-check
// Reads what `createProxyHandler` was given, once, at construction: every mistake is a TypeError that names the option.
// It leaves alone what can only be known per call, such as what an `apiKey` function returns.

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

const DEFAULTS = {
  baseUrl: "https://premium.aiera.com/api",
  maxBodyBytes: 1024 * 1024,
  timeoutMs: 30_000,
};

/** Each option and its reader. @type {Record<string, (value: any) => unknown>} */
const READERS = {
  apiKey: readApiKey,
  baseUrl: readBaseUrl,
  authorize: readFunction("authorize"),
  allowedOrigins: readOrigins,
  allowedHosts: readHosts,
  fetch: readFunction("fetch"),
  maxBodyBytes: readMaxBodyBytes,
  timeoutMs: readTimeoutMs,
  onError: readFunction("onError"),
};

/**
 * @param {unknown} options
 * @returns {Settings}
 */
export function readOptions(options) {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw wrong("options", "an object with at least `apiKey`");
  }
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(READERS, name)) continue;
    const known = Object.keys(READERS).join(", ");
    throw new TypeError(`createProxyHandler: unknown option "${name}" (known: ${known})`);
  }
  /** @param {string} name @returns {any} */
  const read = (name) => {
    const value = /** @type {any} */ (options)[name] ?? undefined;
    return READERS[name](value);
  };
  const onError = read("onError");
  return {
    key: read("apiKey"),
    base: read("baseUrl"),
    authorize: read("authorize"),
    origins: read("allowedOrigins"),
    hosts: read("allowedHosts"),
    // Looked up per call: what replaces the global later (instrumentation, a test) is then used too.
    fetch: read("fetch") ?? ((input, init) => globalThis.fetch(input, init)),
    maxBodyBytes: read("maxBodyBytes"),
    timeoutMs: read("timeoutMs"),
    report: (error) => {
      try {
        onError?.(error);
      } catch {
        // A broken logger must not change what the client gets.
      }
    },
  };
}

/** @param {string} name @param {string} wanted */
function wrong(name, wanted) {
  return new TypeError(`createProxyHandler: \`${name}\` must be ${wanted}`);
}

/** @param {any} value */
function readApiKey(value) {
  if (typeof value === "function") return async () => checkKey(await value());
  const key = checkKey(value);
  return async () => key;
}

/** The value itself is never shown: it may be a key with a typing error. @param {unknown} value */
function checkKey(value) {
  const key = typeof value === "string" ? value.trim() : "";
  if (!/^[\x20-\x7e]+$/.test(key)) {
    throw wrong("apiKey", "a non-blank string of printable ASCII, or a function that returns one");
  }
  return key;
}

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** @param {unknown} value */
function readBaseUrl(value = DEFAULTS.baseUrl) {
  const text = typeof value === "string" || value instanceof URL ? String(value) : "";
  let url;
  try {
    url = new URL(text);
  } catch {
    throw wrong("baseUrl", "an absolute URL");
  }
  const secure = url.protocol === "https:";
  if (!secure && !(url.protocol === "http:" && LOOPBACK.test(url.hostname))) {
    throw wrong("baseUrl", "an https: URL (http: on loopback only)");
  }
  if (url.username || url.password || /[?#]/.test(text)) {
    throw wrong("baseUrl", "without credentials, query and fragment");
  }
  return url.origin + url.pathname.replace(/\/+$/, "");
}

/** @param {string} name */
function readFunction(name) {
  return (/** @type {unknown} */ value) => {
    if (value !== undefined && typeof value !== "function") throw wrong(name, "a function");
    return value;
  };
}

/** @param {string} name @param {unknown} value @returns {string[]} */
function readStrings(name, value) {
  const isList = Array.isArray(value) && value.every((item) => typeof item === "string");
  if (!isList) throw wrong(name, "a list of strings");
  return value;
}

/** @param {unknown} value */
function readOrigins(value = []) {
  return new Set(readStrings("allowedOrigins", value).map(readOrigin));
}

/** Web origins in their normal form; those of apps (`capacitor://localhost`) as they stand. @param {string} text */
function readOrigin(text) {
  const example =
    'exact origins, such as "https://app.example" ("*" would let every page spend the key)';
  if (!/^https?:/i.test(text)) {
    if (/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@*]+$/.test(text)) return text;
    throw wrong("allowedOrigins", example);
  }
  let url;
  try {
    url = new URL(text);
  } catch {
    throw wrong("allowedOrigins", example);
  }
  if (url.href !== `${url.origin}/` || /[?#*]/.test(text)) throw wrong("allowedOrigins", example);
  return url.origin;
}

/** @param {unknown} value */
function readHosts(value) {
  if (value === undefined) return null;
  const hosts = readStrings("allowedHosts", value).map((host) => host.toLowerCase());
  if (!hosts.every((host) => /^(?:[\w.-]+|\[[0-9a-f:.]+\])(?::\d+)?$/.test(host))) {
    throw wrong("allowedHosts", 'hosts as in a Host header, such as "localhost:3000"');
  }
  return new Set(hosts);
}

/** @param {unknown} value */
function readMaxBodyBytes(value = DEFAULTS.maxBodyBytes) {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1) return value;
  throw wrong("maxBodyBytes", "an integer of at least 1");
}

/** @param {unknown} value */
function readTimeoutMs(value = DEFAULTS.timeoutMs) {
  if (typeof value === "number" && value >= 1) return value;
  throw wrong("timeoutMs", "a number of at least 1, or Infinity");
}
