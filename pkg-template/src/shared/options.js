// @ts-check
// Reads an object of options by a table of kinds of values. Every entry that runs without the module uses it, so that all of
// them refuse a wrong option with the same error and message.
import { AieraChatError } from "../errors.js";

/**
 * A kind of value. `read` returns the value to use, possibly normalized, or undefined if the value is wrong.
 *
 * @typedef {object} Kind
 * @property {string} expected  completes the sentence "options.name must be …"
 * @property {(value: any) => any} read
 * @property {boolean} [required] whether absence is an error
 * @property {boolean} [secret] whether an error must not show the value
 * @property {boolean} [keepsNull] whether null is a value rather than absent
 */

/**
 * The values of the options that are present, by name. `undefined` and `null` mean absent.
 *
 * @example
 * ```js
 * const TABLE = { port: integer(0, 65535), host: text, cors: either(flag, text) };
 * const { port = 0, host = "127.0.0.1" } = readOptions("serve: options", options, TABLE);
 * ```
 *
 * @param {string} argument the name of the object in errors: `"options"`, or with its function, `"serve: options"`
 * @param {unknown} options absent means empty
 * @param {Readonly<Record<string, Kind>>} table the accepted options
 * @returns {Record<string, any>} only names of the table
 * @throws {AieraChatError} `invalid_argument` for a wrong value, a missing required one, or an unknown name
 */
export function readOptions(argument, options, table) {
  /** @type {Record<string, any>} */
  const values = {};
  for (const [name, value] of entriesOf(argument, options ?? {})) {
    if (!Object.hasOwn(table, name)) throw unknownOption(argument, name, Object.keys(table));
    if (value === undefined || (value === null && !table[name].keepsNull)) continue;
    values[name] = readValue(`${argument}.${name}`, value, table[name]);
  }
  for (const [name, { required, expected }] of Object.entries(table)) {
    if (required && values[name] === undefined) {
      throw invalid(`${argument}.${name} is missing: it must be ${expected}.`);
    }
  }
  return values;
}

/**
 * Reads one value.
 *
 * @param {string} argument the name of the value in errors
 * @param {unknown} value
 * @param {Kind} kind
 * @throws {AieraChatError} `invalid_argument`
 */
function readValue(argument, value, { expected, read, secret }) {
  const result = attempt(() => read(value));
  if (result !== undefined) return result;
  throw invalid(`${argument} must be ${expected}${secret ? "" : `, not ${describe(value)}`}.`);
}

/** @param {string} message */
export function invalid(message) {
  return new AieraChatError("invalid_argument", message);
}

/**
 * @param {string} argument
 * @param {any} options
 * @returns {[string, unknown][]}
 */
function entriesOf(argument, options) {
  const isObject = tagOf(options) === "Object";
  const entries = isObject ? attempt(() => Object.entries(options)) : undefined;
  // Names only the type: a string may be the key, passed by mistake without an object around it.
  if (!entries) throw invalid(`${argument} must be an object, not of type ${tagOf(options)}.`);
  return entries;
}

/**
 * @param {string} argument
 * @param {string} name
 * @param {string[]} names
 */
function unknownOption(argument, name, names) {
  const shown = /^[\w$-]{1,40}$/.test(name) ? name : JSON.stringify(name.slice(0, 40));
  const near = nearest(name, names);
  const hint = near ? `Did you mean ${near}?` : `Its options are ${names.join(", ")}.`;
  return invalid(`${argument} has an unknown option ${shown}. ${hint}`);
}

/**
 * The result of reading a foreign value, or undefined if a getter or a proxy throws.
 *
 * @template T
 * @param {() => T} act
 * @returns {T | undefined}
 */
function attempt(act) {
  try {
    return act();
  } catch {
    return undefined;
  }
}

/**
 * A short description of a value for an error message. Does not throw.
 *
 * @param {unknown} value
 */
export function describe(value) {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 60));
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) return `a value of type ${tagOf(value)}`;
  return String(value).slice(0, 60);
}

/**
 * The type of a value by its tag, since an object of another realm has another constructor.
 *
 * @param {unknown} value
 */
function tagOf(value) {
  return attempt(() => Object.prototype.toString.call(value).slice(8, -1)) ?? "unknown";
}

/**
 * The name nearest to an unknown one, for "did you mean", by the same rule as `src/core/names.rs`: the same name before a
 * shared beginning, and that before an edit distance of at most a third of the longer name.
 *
 * @param {string} name
 * @param {readonly string[]} names
 * @returns {string | undefined} undefined if no name is near
 */
export function nearest(name, names) {
  const wanted = comparable(name);
  if (!wanted) return undefined;
  /** @type {string | undefined} */
  let best;
  let least = Infinity;
  for (const candidate of names) {
    const rank = rankOf(wanted, comparable(candidate));
    if (rank < least) [best, least] = [candidate, rank];
  }
  return best;
}

/**
 * 0 for the same name, 1 for a shared beginning, else 1 more than the edit distance, or Infinity if the names are not near.
 *
 * @param {string} wanted
 * @param {string} other
 */
function rankOf(wanted, other) {
  if (wanted === other) return 0;
  const isLong = wanted.length > 3 && other !== "";
  if (isLong && (other.startsWith(wanted) || wanted.startsWith(other))) return 1;
  const distance = editDistance(wanted, other);
  const limit = Math.max(1, Math.floor(Math.max(wanted.length, other.length) / 3));
  return distance <= limit ? 1 + distance : Infinity;
}

/** The name's first letters and digits, in lower case. @param {string} name */
function comparable(name) {
  return name
    .slice(0, 40)
    .replace(/[^a-z0-9]/gi, "")
    .toLowerCase();
}

/**
 * The number of insertions, removals, replacements and swaps of neighbours that turn one text into the other.
 *
 * @param {string} a
 * @param {string} b
 */
function editDistance(a, b) {
  /** @type {number[]} */
  let beforeLast = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(row[j - 1] + 1, last[j] + 1, replaced);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length];
}

// The kinds that several entries need. Others are defined beside their tables.

/**
 * A kind whose values are used unchanged.
 *
 * @param {string} expected
 * @param {(value: any) => boolean} accepts
 * @returns {Kind}
 */
export function kind(expected, accepts) {
  return { expected, read: (value) => (accepts(value) ? value : undefined) };
}

export const anything = /* @__PURE__ */ kind("any value", () => true);

export const flag = /* @__PURE__ */ kind("true or false", (value) => typeof value === "boolean");

export const callback = /* @__PURE__ */ kind("a function", (value) => typeof value === "function");

export const text = /* @__PURE__ */ kind(
  "a string that is not blank",
  (value) => typeof value === "string" && value.trim() !== "",
);

export const object = /* @__PURE__ */ kind("an object", (value) => tagOf(value) === "Object");

/**
 * @param {number} least
 * @param {number} [most]
 */
export function integer(least, most = Number.MAX_SAFE_INTEGER) {
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
  return kind(
    `an integer ${range}`,
    (value) => Number.isSafeInteger(value) && value >= least && value <= most,
  );
}

/**
 * A finite number of milliseconds.
 *
 * @param {number} least
 */
export function milliseconds(least) {
  return kind(
    `a finite number of milliseconds of at least ${least}`,
    (value) => Number.isFinite(value) && value >= least,
  );
}

export const infinity = /* @__PURE__ */ kind("Infinity", (value) => value === Infinity);

/** @param {readonly unknown[]} values  strings, numbers or booleans */
export function oneOf(...values) {
  const shown = values.map((value) => JSON.stringify(value));
  const last = shown.pop();
  const expected = shown.length > 0 ? `${shown.join(", ")} or ${last}` : `${last}`;
  return kind(expected, (value) => values.includes(value));
}

/**
 * An array of values of one kind.
 *
 * @param {Kind} item
 * @param {string} expected
 * @returns {Kind}
 */
export function listOf(item, expected) {
  return {
    expected,
    read(value) {
      if (!Array.isArray(value)) return undefined;
      const items = value.map((entry) => item.read(entry));
      return items.includes(undefined) ? undefined : items;
    },
  };
}

/**
 * A value of any of several kinds.
 *
 * @param {Kind[]} kinds
 * @returns {Kind}
 */
export function either(...kinds) {
  return {
    expected: kinds.map(({ expected }) => expected).join(", or "),
    secret: kinds.some(({ secret }) => secret),
    read(value) {
      for (const { read } of kinds) {
        const result = read(value);
        if (result !== undefined) return result;
      }
      return undefined;
    },
  };
}

/**
 * The same kind for a required option.
 *
 * @param {Kind} kind
 * @returns {Kind}
 */
export function required(kind) {
  return { ...kind, required: true };
}
