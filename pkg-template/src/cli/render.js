// @ts-check
// Formats an answer: with styles and footnotes on a terminal, else as Markdown, text or JSON.

import {
  bold,
  cyan,
  dim,
  LABEL_END,
  LABEL_START,
  plain,
  renderMarkdown,
} from "./terminal-markdown.js";
import { jsonText, maxWidth, oneLine, widthOf, withoutControls, wrap } from "./text.js";

/** @typedef {{ format: string, citations: string }} Format */
/** @typedef {import("./streams.js").Streams} Streams */

/**
 * @param {any} answer
 * @param {Format} format
 * @param {Streams} streams
 * @returns {string} ends with one newline
 */
export function renderAnswer(answer, { format, citations }, streams) {
  if (format === "json") return jsonText(answer.toJSON(), 2);
  const options = { citations };
  if (format === "text") return ended(answer.toPlainText(options), streams);
  if (!streams.isStyled) return ended(answer.toMarkdown(options), streams);
  if (citations === "footnotes") return `${withFootnotes(answer, streams.columns)}\n`;
  return `${renderMarkdown(plain(answer.toMarkdown(options)), streams.columns)}\n`;
}

/** @param {string} text @param {Streams} streams */
function ended(text, streams) {
  return `${(streams.isTerminal ? withoutControls(text) : text).replace(/\n+$/, "")}\n`;
}

/**
 * @param {any} answer
 * @param {number} columns
 */
function withFootnotes(answer, columns) {
  /** @type {any[]} */
  const used = [];
  const markdown = answer
    .segments()
    .map((/** @type {any} */ segment) => {
      if (!segment.citations) return plain(segment.text);
      const labels = segment.citations.map((/** @type {any} */ citation) => {
        used.push(citation);
        return oneLine(String(citation.label));
      });
      return `${LABEL_START}${plain(labels.join(", "))}${LABEL_END}`;
    })
    .join("");
  const text = renderMarkdown(markdown, columns);
  const notes = [...new Set(used)].sort((one, other) => one.index - other.index);
  if (notes.length === 0) return text;
  const labelWidth = maxWidth(notes.map(({ label }) => `[${oneLine(String(label))}] `));
  const shown = notes.map((citation) => footnote(citation, labelWidth, Math.min(columns, 100)));
  return `${text}\n\n${bold("Sources")}\n${shown.join("\n")}`;
}

/**
 * @param {any} citation
 * @param {number} labelWidth
 * @param {number} columns
 */
function footnote({ label, quote, date, author, url, source }, labelWidth, columns) {
  /** @param {unknown} value */
  const shown = (value) => (typeof value === "string" ? oneLine(value) : "");
  const origin = [source?.name, author, date].map(shown).filter(Boolean).join(" · ");
  const link = /^https?:\/\//i.test(shown(url)) ? shown(url) : "";
  const indent = " ".repeat(labelWidth);
  const name = `[${oneLine(String(label))}]`;
  const head = cyan(name) + " ".repeat(labelWidth - widthOf(name));
  const rows = [origin, shown(quote) && dim(`“${shown(quote)}”`), link && dim(link)].filter(
    Boolean,
  );
  return rows.length === 0
    ? head.trimEnd()
    : rows.map((row, i) => wrap(row, columns, i === 0 ? head : indent, indent)).join("\n");
}
