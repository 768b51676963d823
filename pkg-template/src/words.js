// @ts-check
// The server's own words for an error, out of whatever body it sent: fields of a JSON object, a page, or plain text.

/** How many characters of them a message takes. */
const LIMIT = 300;

/** Where a JSON body may hold a sentence, best first; and where a code. */
const SENTENCES = ["description", "message", "detail", "error", "title", "msg", "name"];

/**
 * @param {string} text the body's beginning
 * @param {unknown} json the body, where it is JSON
 * @returns {string | undefined}
 */
export function serverWords(text, json) {
  const words = json === undefined ? fromText(text) : fromJson(json, 3);
  const line = words?.replace(/\s+/g, " ").trim();
  if (!line) return undefined;
  return line.length > LIMIT ? line.slice(0, LIMIT - 1) + "…" : line;
}

/**
 * @param {any} value
 * @param {number} depth
 * @returns {string | undefined}
 */
function fromJson(value, depth) {
  if (typeof value === "string" || typeof value === "number") return String(value).trim();
  if (typeof value !== "object" || value === null || depth === 0) return undefined;
  if (Array.isArray(value)) return fromJson(value[0], depth - 1);
  const found = SENTENCES.map((name) => fromJson(value[name], depth - 1)).filter(Boolean);
  // A number alone says little: it stands behind the sentence, if there is one.
  const isCode = (/** @type {string | undefined} */ words) => /^\d+$/.test(words ?? "");
  const sentence = found.find((words) => !isCode(words));
  const code = found.find(isCode);
  return sentence && code ? `${sentence} (error ${code})` : (sentence ?? (code && `error ${code}`));
}

/** @param {string} text */
function fromText(text) {
  if (!/^\s*</.test(text)) return text;
  const element = (/** @type {string} */ name) =>
    new RegExp(`<${name}\\b[^>]*>([^<]*\\S[^<]*)<`, "i").exec(text)?.[1];
  const stripped = () =>
    text
      .replace(/<(script|style)\b[^]*?(<\/\1\s*>|$)/gi, " ")
      .replace(/<!--[^]*?(-->|$)|<[^>]*(>|$)/g, " ");
  return (element("title") ?? element("h1") ?? stripped()).replace(
    /&(amp|lt|gt|quot|apos|nbsp|#39);/g,
    (_, name) => ENTITIES[name],
  );
}

/** @type {Record<string, string>} */
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " ", "#39": "'" };
