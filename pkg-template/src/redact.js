// @ts-check
// Takes the key out of text that a server has sent back: as it stands, in any letter case, in hexadecimal or Base64, escaped in
// the ways of JSON, URLs, HTML and C (on top of each other too), and cut, as long as a run of it remains that says something.

/** The shortest run of the key that counts; a shorter key counts as a whole. */
const RUN = 8;

/** How many escapings on top of each other are undone. */
const LAYERS = 4;

const MARK = "[redacted]";

/** The longest text that is looked through; a longer one is cut here. As long as an error's body that the proxy passes on. */
const LONGEST = 65_536;

/** Escapes, and what a reader does not see between two letters: controls (in UTF-16, every other byte), or marks of width 0. */
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
 * A reading of the text: its characters, and for each where it begins and ends in the original.
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
    const { text: seen, places } = reading;
    for (let i = 0; i + run <= seen.length; i++) {
      if (!grams.has(seen.slice(i, i + run))) continue;
      marked.fill(1, places[i][0], places[i + run - 1][1]);
      found = true;
    }
    reading = unescapeOnce(reading);
  }
  return found ? replaceMarked(text, marked) : text;
}

/**
 * The key as it stands, and where it is long enough, its bytes of UTF-8 as they stand, as hexadecimal digits, and as Base64
 * after each number of bytes before it.
 * @param {string} key
 */
function formsOf(key) {
  if (key.length < RUN || /[^\0-\xff]/.test(key)) return [key];
  const bytes = unescape(encodeURIComponent(key));
  const hex = bytes.replace(/[^]/g, (byte) => byte.charCodeAt(0).toString(16).padStart(2, "0"));
  // Some engines of devices have no `btoa`.
  const base64 = [".", "..", "..."].map(
    (before) => globalThis.btoa?.(before + bytes).slice(before.length + 1) ?? "",
  );
  const base64url = base64.map((form) => form.replaceAll("+", "-").replaceAll("/", "_"));
  return [key, bytes, hex, ...base64, ...base64url];
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
 * The character that an escape stands for: empty for one that is not seen, null for what a key cannot hold.
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

/** How deep, and how many values, `isFreeOf` looks at before it gives up. */
const DEPTH = 8;
const VALUES = 500;

/**
 * Whether a foreign error can be passed on: no text in it holds the key. Only errors and plain data can be looked through; an
 * error that holds anything else (a request, headers, a function), or more than can be looked through, counts as holding
 * the key.
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
