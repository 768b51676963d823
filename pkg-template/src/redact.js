// @ts-check
// Takes the key out of text that a server has sent back: as it stands, in any letter case, escaped in the ways of JSON,
// URLs and HTML (on top of each other too), and cut, as long as a run of it remains that says something.

/** The shortest run of the key that counts; a shorter key counts as a whole. */
const RUN = 8;

/** How many escapings on top of each other are undone. */
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
 * A reading of the text: its characters, and for each where it begins in the original (and, last, where that ends).
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
    const { text: seen, starts } = reading;
    for (let i = 0; i + run <= seen.length; i++) {
      if (!grams.has(seen.slice(i, i + run))) continue;
      marked.fill(1, starts[i], starts[i + run]);
      found = true;
    }
    reading = unescapeOnce(reading);
  }
  return found ? replaceMarked(text, marked) : text;
}

/**
 * Letters in lower case, of ASCII only, since lower case may be longer elsewhere, which would shift every place after it; and
 * a space as a form field writes it.
 * @param {string} text
 */
function alike(text) {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()).replaceAll(" ", "+");
}

/**
 * One layer of escapes undone, or null when there are none.
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
 * The one character that an escape stands for; null for what a key cannot hold.
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

/** How deep, and how many values, `isFreeOf` looks at before it gives up. */
const DEPTH = 8;
const VALUES = 500;

/**
 * Whether a foreign error can be passed on: no text in it holds the key. Only errors and plain data can be looked through; an
 * error that holds anything else (a request, headers, a function) counts as holding the key.
 * @param {unknown} error
 * @param {string} key
 */
export function isFreeOf(error, key) {
  const seen = new Set();
  /** @param {any} value @param {number} depth @returns {boolean} */
  const isFree = (value, depth) => {
    if (typeof value === "function") return false;
    if (Object(value) !== value) return redact(String(value), key) === String(value);
    if (seen.has(value)) return true;
    seen.add(value);
    if (depth === 0 || seen.size > VALUES) return false;
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
