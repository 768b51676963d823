// @ts-check
// Redacts the key in text from a server: verbatim, in any letter case, escaped as in JSON, URLs and HTML (also several
// times), and truncated, unless the rest is too short to matter.

/** The shortest part of the key that is redacted; a shorter key is redacted only as a whole. */
const RUN = 8;

/** The number of nested escapings that are undone. */
const LAYERS = 4;

const MARK = "[redacted]";

const ESCAPE =
  /\\u([0-9a-f]{4})|\\u\{([0-9a-f]{1,6})\}|\\x([0-9a-f]{2})|\\(["'\\/])|%([0-9a-f]{2})|&#x([0-9a-f]{1,6});?|&#([0-9]{1,7});?|&([a-z]{2,6});/gi;

/** @type {Record<string, string>} */
const ENTITIES = {
  amp: "&",
  apos: "'",
  bsol: "\\",
  colon: ":",
  commat: "@",
  equals: "=",
  excl: "!",
  gt: ">",
  hyphen: "-",
  lowbar: "_",
  lt: "<",
  num: "#",
  percnt: "%",
  period: ".",
  plus: "+",
  quot: '"',
  semi: ";",
  sol: "/",
};

/**
 * A reading of the text: its characters, and for each its start in the original (and finally the original's end).
 *
 * @typedef {{ text: string, starts: Uint32Array }} Reading
 */

/**
 * @param {string} text
 * @param {string} key
 */
export function redact(text, key) {
  const run = Math.min(RUN, key.length);
  const lower = alike(key);
  const grams = new Set();
  for (let i = 0; i + run <= lower.length; i++) grams.add(lower.slice(i, i + run));

  const marked = new Uint8Array(text.length);
  let found = false;
  /** @type {Reading | null} */
  let reading = {
    text: alike(text),
    starts: Uint32Array.from({ length: text.length + 1 }, (_, i) => i),
  };
  for (let layer = 0; reading && layer <= LAYERS; layer++) {
    const { text: read, starts } = reading;
    for (let i = 0; i + run <= read.length; i++) {
      if (!grams.has(read.slice(i, i + run))) continue;
      marked.fill(1, starts[i], starts[i + run]);
      found = true;
    }
    reading = unescapeOnce(reading);
  }
  return found ? replaceMarked(text, marked) : text;
}

/**
 * Lowercases ASCII letters (others may change their length, which would shift all later positions), and writes a space as
 * in a form field.
 * @param {string} text
 */
function alike(text) {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()).replaceAll(" ", "+");
}

/**
 * Undoes one layer of escapes; null if there are none.
 *
 * @param {Reading} reading
 * @returns {Reading | null}
 */
function unescapeOnce({ text, starts }) {
  let out = "";
  /** @type {number[]} */
  const places = [];
  let from = 0;
  for (const match of text.matchAll(ESCAPE)) {
    const char = meaning(match);
    if (char === null) continue;
    for (let i = from; i < match.index; i++) places.push(starts[i]);
    out += text.slice(from, match.index) + alike(char);
    places.push(starts[match.index]);
    from = match.index + match[0].length;
  }
  if (from === 0) return null;
  for (let i = from; i <= text.length; i++) places.push(starts[i]);
  return { text: out + text.slice(from), starts: Uint32Array.from(places) };
}

/**
 * The character of an escape; null for a character that a key cannot hold.
 *
 * @param {RegExpMatchArray} match
 */
function meaning([, u, braced, x, quoted, percent, hex, decimal, entity]) {
  if (quoted) return quoted;
  if (entity) return ENTITIES[entity.toLowerCase()] ?? null;
  const code = decimal ? Number(decimal) : Number.parseInt(u ?? braced ?? x ?? percent ?? hex, 16);
  return code > 0 && code < 0x80 ? String.fromCharCode(code) : null;
}

/**
 * @param {string} text
 * @param {Uint8Array} marked
 */
function replaceMarked(text, marked) {
  let out = "";
  for (let i = 0; i < text.length;) {
    const from = i;
    const mark = marked[i];
    while (i < text.length && marked[i] === mark) i++;
    out += mark ? MARK : text.slice(from, i);
  }
  return out;
}

/** The depth and the number of values that `isFreeOf` examines. */
const DEPTH = 8;
const VALUES = 500;

/**
 * Whether a foreign error can be passed on: no text in it holds the key. It examines errors and plain data; an error with
 * any other value (a request, headers, a function) counts as holding the key.
 * @param {unknown} error
 * @param {string} key
 */
export function isFreeOf(error, key) {
  const visited = new Set();
  /** @param {any} value @param {number} depth @returns {boolean} */
  const isFree = (value, depth) => {
    if (typeof value === "function") return false;
    if (Object(value) !== value) return redact(String(value), key) === String(value);
    if (visited.has(value)) return true;
    visited.add(value);
    if (depth === 0 || visited.size > VALUES) return false;
    const isError = value instanceof Error || value instanceof (globalThis.DOMException ?? Error);
    const prototype = Object.getPrototypeOf(value);
    const isPlain = Array.isArray(value) || prototype === null || prototype === Object.prototype;
    if (!isError && !isPlain) return false;
    const own = Reflect.ownKeys(value);
    return [...own, ...(isError ? ["name", "message", "stack", "cause"] : [])].every(
      (name) => isFree(name, 1) && isFree(value[name], depth - 1),
    );
  };
  try {
    return !key || isFree(error, DEPTH);
  } catch {
    return false;
  }
}
