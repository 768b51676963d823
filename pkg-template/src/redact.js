// @ts-check
// Redacts the key in text from a server: verbatim, in any letter case, in hexadecimal or Base64, escaped as in JSON, URLs, HTML
// and C (also several times), and truncated, unless the rest is too short to matter.

/** The shortest part of the key that is redacted; a shorter key is redacted only as a whole. */
const RUN = 8;

/** The number of nested escapings that are undone. */
const LAYERS = 4;

const MARK = "[redacted]";

/** The longest text that is searched; a longer one is cut. The same as the limit of an error's body in the proxy. */
const LONGEST = 65_536;

/** Escapes, and characters that are invisible between two letters: controls (in UTF-16, every other byte), or marks of width 0. */
const ESCAPE =
  /[\\%]u([0-9a-f]{4})|\\u\{([0-9a-f]+)\}|\\x([0-9a-f]{2})|%([0-9a-f]{2})|&#x([0-9a-f]+);?|&#([0-9]+);?|\\([0-3]?[0-7]{2})|\\(["'\\/])|&([a-z]{2,6});|<wbr\+?\/?>|[\p{Cc}\p{DI}]/giu;

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
  shy: "",
  sol: "/",
  zwj: "",
  zwnj: "",
};

/**
 * A reading of the text: its characters, and for each its start and end in the original.
 *
 * @typedef {{ text: string, places: [start: number, end: number][] }} Reading
 */

/**
 * @param {string} text
 * @param {string} key
 * @returns {string}
 */
export function redact(text, key) {
  if (text.length > LONGEST) return `${redact(text.slice(0, LONGEST), key)}…`;
  const run = Math.min(RUN, key.length);
  const grams = new Set();
  for (const form of formsOf(key).map(alike)) {
    for (let i = 0; i + run <= form.length; i++) grams.add(form.slice(i, i + run));
  }

  const marked = new Uint8Array(text.length);
  let found = false;
  /** @type {Reading | null} */
  let reading = { text: alike(text), places: Array.from(marked, (_, i) => [i, i + 1]) };
  for (let layer = 0; reading && layer <= LAYERS; layer++) {
    const { text: unescaped, places } = reading;
    for (let i = 0; i + run <= unescaped.length; i++) {
      if (!grams.has(unescaped.slice(i, i + run))) continue;
      marked.fill(1, places[i][0], places[i + run - 1][1]);
      found = true;
    }
    reading = unescapeOnce(reading);
  }
  return found ? replaceMarked(text, marked) : text;
}

/**
 * The key verbatim, and if it is long enough, its UTF-8 bytes verbatim, as hexadecimal digits, and as Base64 at each alignment.
 * @param {string} key
 */
function formsOf(key) {
  if (key.length < RUN || /[^\0-\xff]/.test(key)) return [key];
  const bytes = unescape(encodeURIComponent(key));
  const hex = bytes.replace(/[^]/g, (byte) => byte.charCodeAt(0).toString(16).padStart(2, "0"));
  // Some embedded engines have no `btoa`.
  const base64 = [".", "..", "..."].map(
    (before) => globalThis.btoa?.(before + bytes).slice(before.length + 1) ?? "",
  );
  const base64url = base64.map((form) => form.replaceAll("+", "-").replaceAll("/", "_"));
  return [key, bytes, hex, ...base64, ...base64url];
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
function unescapeOnce(reading) {
  let text = "";
  /** @type {Reading["places"]} */
  const places = [];
  let from = 0;
  const copyUpTo = (/** @type {number} */ to) => {
    text += reading.text.slice(from, to);
    for (; from < to; from++) places.push(reading.places[from]);
  };
  for (const match of reading.text.matchAll(ESCAPE)) {
    const char = meaning(match);
    if (char === null) continue;
    copyUpTo(match.index);
    from += match[0].length;
    if (!char) continue;
    text += alike(char);
    places.push([reading.places[match.index][0], reading.places[from - 1][1]]);
  }
  if (from === 0) return null;
  copyUpTo(reading.text.length);
  return { text, places };
}

/**
 * The character of an escape: empty for an invisible one, null for one that a key cannot hold.
 *
 * @param {RegExpMatchArray} match
 */
function meaning([, u, braced, x, percent, hex, decimal, octal, quoted, entity]) {
  if (quoted) return quoted;
  if (entity) return ENTITIES[entity.toLowerCase()] ?? null;
  const digits = u ?? braced ?? x ?? percent ?? hex ?? decimal ?? octal;
  if (!digits) return "";
  const code = Number.parseInt(digits, decimal ? 10 : octal ? 8 : 16);
  return code <= 0xffff ? String.fromCharCode(code) : null;
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
 * Whether a foreign error can be passed on: no text in it holds the key. It examines errors and plain data, up to a limit; an
 * error with any other value (a request, headers, a function), or with more text, counts as holding the key.
 * @param {unknown} error
 * @param {string} key
 */
export function isFreeOf(error, key) {
  const seen = new Set();
  let texts = "";
  /** @param {any} value @param {number} depth @returns {boolean} whether all texts in it are among `texts` */
  const collect = (value, depth) => {
    if (typeof value === "function") return false;
    if (Object(value) !== value) {
      texts += `${String(value)}\u2028`; // no character of a key
      return texts.length <= LONGEST;
    }
    if (seen.has(value)) return true;
    seen.add(value);
    if (depth === 0 || seen.size > VALUES) return false;
    const isError = value instanceof Error || value instanceof (globalThis.DOMException ?? Error);
    const prototype = Object.getPrototypeOf(value);
    const isPlain = Array.isArray(value) || prototype === null || prototype === Object.prototype;
    if ((!isError && !isPlain) || value.length > LONGEST) return false;
    const own = Reflect.ownKeys(value);
    return [...own, ...(isError ? ["name", "message", "stack", "cause"] : [])].every(
      (name) => collect(name, 1) && collect(value[name], depth - 1),
    );
  };
  try {
    return !key || (collect(error, DEPTH) && redact(texts, key) === texts);
  } catch {
    return false;
  }
}
