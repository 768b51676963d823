// @ts-check
// The tables of options and parameters, their defaults, and the rules for their values. What comes out is what
// `src/web/exports.rs` takes; what is wrong gets no further.
import { page } from "../page.js";
import { baseUrl } from "./base-url.js";
import { describe, invalid, tag } from "./invalid.js";
import { nearest } from "./names.js";

const API = "https://premium.aiera.com/api";

/**
 * A kind of value: what is right, after "must be "; whether a value is; and whether a message may show one that is not.
 * @typedef {{ expected: string, fits: (value: any) => boolean, secret?: boolean }} Kind
 */

/** @param {unknown} value */
const isTime = (value) => typeof value === "number" && value >= 1;

/** @type {Record<string, Kind>} */
const KINDS = {
  text: {
    expected: "a string that is not blank",
    fits: (value) => typeof value === "string" && value.trim() !== "",
  },
  key: {
    expected:
      "a string that is not blank and can stand in a header, or a function that gives one or a promise of one",
    fits: (value) => typeof value === "function" || headerKey(value) !== undefined,
    secret: true,
  },
  url: {
    expected: "a string or a URL",
    fits: (value) => typeof value === "string" || tag(value) === "URL",
    secret: true,
  },
  flag: { expected: "true or false", fits: (value) => typeof value === "boolean" },
  time: {
    expected: "a finite number of milliseconds of at least 1",
    fits: (value) => isTime(value) && value < Infinity,
  },
  timeout: { expected: "a number of milliseconds of at least 1, or Infinity", fits: isTime },
  count: {
    expected: "an integer from 0",
    fits: (value) => Number.isInteger(value) && value >= 0,
  },
  function: { expected: "a function", fits: (value) => typeof value === "function" },
  signal: {
    expected: "an AbortSignal",
    fits: (value) =>
      typeof value?.aborted === "boolean" && typeof value.addEventListener === "function",
  },
  headers: {
    expected: "what new Headers() takes, without X-API-Key (that is what apiKey is for)",
    fits: (value) => headerPairs(value)?.every(([name]) => name !== "x-api-key") ?? false,
    secret: true,
  },
  credentials: {
    expected: '"omit", "same-origin" or "include"',
    fits: (value) => ["omit", "same-origin", "include"].includes(value),
  },
  list: { expected: "an array", fits: Array.isArray },
  object: { expected: "an object", fits: (value) => tag(value) === "Object" },
};

/** A client's options. */
const CLIENT = {
  apiKey: "key",
  baseUrl: "url",
  fetch: "function",
  headers: "headers",
  credentials: "credentials",
  requestTimeoutMs: "timeout",
  maxRetries: "count",
  dangerouslyAllowBrowser: "flag",
};

/** The options of a create. */
const CREATE = {
  signal: "signal",
  timeoutMs: "timeout",
  requestTimeoutMs: "timeout",
  maxRetries: "count",
  headers: "headers",
};

/** The options of a poll. */
const POLL = {
  ...CREATE,
  intervalMs: "time",
  maxIntervalMs: "time",
  onUpdate: "function",
  onPoll: "function",
};

/** The parameters of a create. */
const PARAMS = { title: "text", prompt: "text", sources: "list", extraBody: "object" };

/**
 * The values of an object of which every name is known and every value of its kind. `null` and `undefined` are absent, as
 * the object and as its values.
 * @param {string} argument
 * @param {unknown} given
 * @param {Record<string, string>} table
 * @returns {Record<string, any>}
 */
function read(argument, given, table) {
  /** @type {Record<string, any>} */
  const values = {};
  for (const [name, value] of entries(argument, given ?? {})) {
    if (!Object.hasOwn(table, name)) {
      const known = Object.keys(table);
      const near = nearest(name, known);
      const hint = near ? `Did you mean "${near}"?` : `Known are: ${known.join(", ")}.`;
      throw invalid(`"${name.slice(0, 40)}" is not known in ${argument}. ${hint}`);
    }
    if (value === undefined || value === null) continue;
    const { expected, fits, secret } = KINDS[table[name]];
    if (!attempt(() => fits(value))) {
      throw invalid(
        `${argument}.${name} must be ${expected}${secret ? "" : ", not " + describe(value)}.`,
      );
    }
    values[name] = value;
  }
  return values;
}

/**
 * @param {string} argument
 * @param {any} given
 */
function entries(argument, given) {
  const found = tag(given) === "Object" && attempt(() => Object.entries(given));
  if (!found)
    throw invalid(`${argument} must be an object that can be read, not ${describe(given)}.`);
  return found;
}

/**
 * What foreign values do when they are touched is not ours to throw.
 * @template T
 * @param {() => T} act
 * @returns {T | undefined}
 */
export function attempt(act) {
  try {
    return act();
  } catch {
    return undefined;
  }
}

/** @param {any} value */
function headerPairs(value) {
  return attempt(() => [...new Headers(value)]);
}

/**
 * Of options that were read. Without headers there is no `Headers` either: Node takes 20 ms to load its fetch for the first.
 * @param {Record<string, any>} values
 */
const pairsIn = ({ headers }) => (headers && headerPairs(headers)) || [];

/**
 * A key as it goes into a header: white space around it dropped, as `Headers` does. Undefined where it is blank, or holds
 * what a header cannot.
 * @param {unknown} key
 */
export function headerKey(key) {
  const text = typeof key === "string" ? key.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "") : "";
  return text.trim() && /^[\t -~\x80-\xff]+$/.test(text) ? text : undefined;
}

/**
 * A client's options, and those of a call where they stand among them.
 * @param {unknown} given
 * @param {"create" | "poll"} [call]
 */
export function clientOptions(given, call) {
  const calls = call === "create" ? CREATE : call === "poll" ? POLL : {};
  const values = read("options", given, { ...CLIENT, ...calls });
  if (values.apiKey !== undefined && !values.dangerouslyAllowBrowser && page().isBrowser) {
    throw invalid(
      "options.apiKey must not be used in a page, whose visitors can all read it: use a proxy on the page's own origin " +
        "(aiera-chat/proxy) and set options.baseUrl to it. Where the key is the visitor's own, set " +
        "options.dangerouslyAllowBrowser to true.",
    );
  }
  const base = () => baseUrl(values.baseUrl ?? API);
  // A page's own code is run on the server too, before the page is: a path has no origin there, and no call is made.
  if (page().origin || !String(values.baseUrl).startsWith("/")) base();
  return {
    ...values,
    get base() {
      return base();
    },
    pairs: pairsIn(values),
  };
}

/**
 * The options of one call, in the order that the module takes them in.
 * @param {Record<string, any>} values
 * @param {Record<string, any>} client
 * @param {number} timeout
 */
function terms(values, client, timeout) {
  const { intervalMs, maxIntervalMs } = values;
  if (intervalMs > maxIntervalMs) {
    throw invalid(
      `options.intervalMs must be at most options.maxIntervalMs, but ${intervalMs} is more than ${maxIntervalMs}.`,
    );
  }
  return {
    // One alone moves the other's default with it.
    numbers: Float64Array.of(
      values.timeoutMs ?? timeout,
      values.requestTimeoutMs ?? client.requestTimeoutMs ?? 30_000,
      values.maxRetries ?? client.maxRetries ?? 6,
      intervalMs ?? Math.min(500, maxIntervalMs ?? 500),
      maxIntervalMs ?? Math.max(5_000, intervalMs ?? 0),
    ),
    pairs: pairsIn(values),
    signal: values.signal,
    onUpdate: values.onUpdate,
    onPoll: values.onPoll,
  };
}

/**
 * @param {unknown} given
 * @param {Record<string, any>} client
 * @param {boolean} plain
 */
export function createOptions(given, client, plain) {
  return terms(plain ? client : read("options", given, CREATE), client, 60_000);
}

/**
 * @param {unknown} given
 * @param {Record<string, any>} client
 * @param {boolean} plain
 */
export function pollOptions(given, client, plain) {
  return terms(plain ? client : read("options", given, POLL), client, 600_000);
}

/**
 * The body of a create.
 * @param {unknown} given
 */
export function createBody(given) {
  const { extraBody, ...values } = read("params", given, PARAMS);
  const body = { title: values.title, prompt: values.prompt, sources: values.sources };
  for (const [name, value] of entries("params.extraBody", extraBody ?? {})) {
    if (Object.hasOwn(PARAMS, name)) {
      throw invalid(`params.extraBody must not hold "${name}": that is params.${name}.`);
    }
    // Not by assignment: a field named __proto__ is one like any other.
    Object.defineProperty(body, name, { value, enumerable: true, configurable: true });
  }
  try {
    return JSON.stringify(body);
  } catch (error) {
    throw invalid(`params must be what JSON can hold: ${/** @type {Error} */ (error)?.message}`);
  }
}

/**
 * The session to wait for: its id, and the session itself where it was given.
 * @param {any} given
 * @returns {{ id: number, session: unknown }}
 */
export function sessionRef(given) {
  const isObject = typeof given === "object" && given !== null;
  const named = isObject ? attempt(() => given.id) : given;
  const id = idIn(named);
  if (id) return { id, session: isObject ? given : undefined };
  if (isObject && tag(given) === "Promise") {
    throw invalid("session must be a session or its id, not a promise of one: await it.");
  }
  const shown = describe(named === undefined ? given : named);
  throw invalid(
    `session must be a session with an id, or an id (an integer from 1 to 2**53-1, as a number or in decimal), not ${shown}.`,
  );
}

/**
 * An id as a number; 0 where it is none.
 * @param {unknown} value
 */
export function idIn(value) {
  const canonical = typeof value === "string" && /^[1-9]\d{0,15}$/.test(value);
  const id = canonical || typeof value === "bigint" ? Number(value) : value;
  return typeof id === "number" && Number.isSafeInteger(id) && id > 0 ? id : 0;
}
