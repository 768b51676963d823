// @ts-check
// Formats Markdown for a terminal: bold headings, wrapped paragraphs, aligned tables. It supports the parts of Markdown that
// answers use; the rest is unchanged.

import { maxWidth, widthOf, withoutControls, wrap } from "./text.js";

/** Private-use characters around a citation's label, so that no part of it is read as Markdown. */
export const LABEL_START = "\ue000";
export const LABEL_END = "\ue001";
/** A placeholder for a character that must not be read as Markdown: its index in a list. */
const HELD = /\ue002(\d+)\ue003/g;
const PRIVATE = /[\ue000-\ue003]/g;

/** @param {string} on @param {string} off */
const style = (on, off) => (/** @type {string} */ text) => `\x1b[${on}m${text}\x1b[${off}m`;

export const bold = style("1", "22");
export const dim = style("2", "22");
const italic = style("3", "23");
const underline = style("4", "24");
const struck = style("9", "29");
export const cyan = style("36", "39");

const MAX_WIDTH = 100;

/** The longest paragraph with styles, in characters: the time for hostile text is quadratic. */
const LONGEST_SPAN = 10_000;

/** A table with more columns is not aligned, since all its cells would take too long. */
const MAX_COLUMNS = 50;

/** A server's text without control characters and placeholders. @param {string} text */
export const plain = (text) => withoutControls(text).replace(PRIVATE, "");

/**
 * @param {string} markdown without control characters; labels are between `LABEL_START` and `LABEL_END`
 * @param {number} columns
 */
export function renderMarkdown(markdown, columns) {
  const width = Math.min(Math.max(columns, 20), MAX_WIDTH);
  const rows = markdown.split("\n");
  /** @type {string[]} */
  const blocks = [];
  /** Whether a blank row precedes each block. @type {boolean[]} */
  const apart = [];
  let blank = false;
  for (let i = 0; i < rows.length;) {
    if (rows[i].trim() === "") {
      blank = true;
      i += 1;
      continue;
    }
    const { text, next } = readBlock(rows, i, width);
    blocks.push(text);
    apart.push(blank);
    blank = false;
    i = next;
  }
  return blocks.map((text, i) => (i > 0 && apart[i] ? `\n${text}` : text)).join("\n");
}

// Hostile text takes linear time: `s` lets `.*` match to the end of the row, so that nothing before it is tried again.
const FENCE = /^\s*(`{3,}|~{3,})/;
const HEADING = /^ {0,3}#{1,6}\s+(.*)$/s;
const RULE = /^ {0,3}(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$/;
const QUOTE = /^ {0,3}>\s?/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/s;
const RULE_CELL = /^:?-+:?$/;

/**
 * @param {string[]} rows
 * @param {number} i
 * @param {number} width
 * @returns {{ text: string, next: number }}
 */
function readBlock(rows, i, width) {
  const row = rows[i];
  const fence = FENCE.exec(row);
  if (fence) return readFence(rows, i, fence[1]);
  const heading = HEADING.exec(row);
  if (heading) return { text: wrap(bold(inline(headingText(heading[1]))), width), next: i + 1 };
  if (RULE.test(row)) return { text: dim("─".repeat(Math.min(width, 40))), next: i + 1 };
  if (row.includes("|") && i + 1 < rows.length && isTableRule(rows[i + 1])) {
    return readTable(rows, i, width);
  }
  if (QUOTE.test(row)) {
    let next = i;
    const quoted = [];
    while (next < rows.length && QUOTE.test(rows[next])) {
      quoted.push(rows[next++].replace(QUOTE, ""));
    }
    const bar = `${dim("│")} `;
    return { text: wrap(inline(quoted.join(" ")), width, bar), next };
  }
  const item = ITEM.exec(row);
  const { lines, next } = readParagraph(rows, i);
  if (!item) return { text: wrap(inline(lines.join(" ")), width), next };
  const [, indent, marker] = item;
  const first = `${indent}${/\d/.test(marker) ? marker : "•"} `;
  const text = [item[3], ...lines.slice(1)].join(" ");
  return { text: wrap(inline(text), width, first, " ".repeat(widthOf(first))), next };
}

/** The text of a heading without the closing sequence, as in `# Title #`. @param {string} text */
const headingText = (text) =>
  text
    .trimEnd()
    .replace(/(^|\s)#+$/, "$1")
    .trimEnd();

/** @param {string} row */
const isTableRule = (row) => cellsOf(row).every((cell) => RULE_CELL.test(cell));

/** The row and those that continue it. @param {string[]} rows @param {number} i */
function readParagraph(rows, i) {
  const lines = [rows[i].trim()];
  let next = i + 1;
  while (next < rows.length && continues(rows[next])) lines.push(rows[next++].trim());
  return { lines, next };
}

/** @param {string} row */
function continues(row) {
  const begins = [FENCE, HEADING, RULE, QUOTE, ITEM].some((pattern) => pattern.test(row));
  return row.trim() !== "" && !begins && !row.trimStart().startsWith("|");
}

/** @param {string[]} rows @param {number} i @param {string} fence */
function readFence(rows, i, fence) {
  const code = [];
  let next = i + 1;
  while (next < rows.length && !rows[next].trim().startsWith(fence)) {
    code.push(cyan(`    ${labelsAsText(rows[next++])}`));
  }
  return { text: code.join("\n"), next: next + 1 };
}

/** @param {string[]} rows @param {number} i @param {number} width */
function readTable(rows, i, width) {
  let next = i;
  while (next < rows.length && rows[next].includes("|")) next += 1;
  const source = rows.slice(i, next);
  const unaligned = () => ({ text: source.map((row) => inline(row.trim())).join("\n"), next });
  if (cellsOf(source[0]).length > MAX_COLUMNS) return unaligned();
  const alignments = cellsOf(source[1]).map((cell) =>
    cell.endsWith(":") ? (cell.startsWith(":") ? "center" : "right") : "left",
  );
  const head = cellsOf(source[0]).map((cell) => (cell === "" ? cell : bold(inline(cell))));
  const body = source.slice(2).map((row) => cellsOf(row).map(inline));
  const widths = head.map((_, column) =>
    maxWidth([head, ...body].map((cells) => cells[column] ?? "")),
  );
  const total = widths.reduce((sum, each) => sum + each + 2, -2);
  if (total > width) return unaligned();
  /** @param {string[]} cells */
  const align = (cells) =>
    widths
      .map((each, column) => pad(cells[column] ?? "", each, alignments[column] ?? "left"))
      .join("  ")
      .trimEnd();
  const rule = dim(widths.map((each) => "─".repeat(each)).join("  "));
  return { text: [align(head), rule, ...body.map(align)].join("\n"), next };
}

/** @param {string} row */
function cellsOf(row) {
  const inner = row
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

/** @param {string} cell @param {number} width @param {string} alignment */
function pad(cell, width, alignment) {
  const space = width - widthOf(cell);
  const left = alignment === "right" ? space : alignment === "center" ? Math.floor(space / 2) : 0;
  return " ".repeat(left) + cell + " ".repeat(space - left);
}

/** @type {Readonly<Record<string, string>>} */
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/**
 * Spans within a block: code, links, emphasis, escapes and entities.
 * @param {string} text
 */
function inline(text) {
  /** @type {string[]} */
  const held = [];
  /** @param {string} shown */
  const hold = (shown) => `\ue002${held.push(shown) - 1}\ue003`;
  if (text.length > LONGEST_SPAN) return withLabels(text);
  const spans = replaceCode(text, (code) => hold(cyan(labelsAsText(code.trim()))))
    .replace(/\\([!-/:-@[-`{-~])/g, (_, character) => hold(character))
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi, (entity, decimal, hex, name) => {
      const character = name ? ENTITIES[name.toLowerCase()] : fromCode(decimal, hex);
      return character === undefined ? entity : hold(plain(character));
    })
    .replace(/!?\[([^\]\n]*)\]\((\S+?)(?:\s+"[^"]*")?\)/g, (_, label, url) =>
      label && label !== url ? `${label} (${hold(underline(url))})` : hold(underline(url)),
    )
    .replace(/<(https?:[^\s<>]+)>/g, (_, url) => hold(underline(url)))
    .replace(/(\*\*|__)(?=\S)(.+?)(?<=\S)\1/g, (_, __, inner) => bold(inner))
    .replace(/(?<![\w*])\*(?=[^\s*])(.+?)(?<=[^\s*])\*(?![\w*])/g, (_, inner) => italic(inner))
    .replace(/(?<![\w_])_(?=[^\s_])(.+?)(?<=[^\s_])_(?![\w_])/g, (_, inner) => italic(inner))
    .replace(/~~(?=\S)(.+?)(?<=\S)~~/g, (_, inner) => struck(inner));
  return withLabels(release(spans, held));
}

/**
 * Code spans: from a run of backticks to the next run of the same length.
 * @param {string} text
 * @param {(code: string) => string} show
 */
function replaceCode(text, show) {
  const runs = [...text.matchAll(/`+/g)].map(({ index, 0: { length } }) => ({ index, length }));
  /** The next run of each length, filled from the end. @type {Map<number, number>} */
  const nextOfLength = new Map();
  const closers = runs.map(() => -1);
  for (let i = runs.length - 1; i >= 0; i--) {
    closers[i] = nextOfLength.get(runs[i].length) ?? -1;
    nextOfLength.set(runs[i].length, i);
  }
  let shown = "";
  let from = 0;
  for (let i = 0; i < runs.length; i++) {
    if (closers[i] < 0) continue;
    const { index, length } = runs[i];
    const end = runs[closers[i]].index;
    shown += text.slice(from, index) + show(text.slice(index + length, end));
    from = end + length;
    i = closers[i];
  }
  return shown + text.slice(from);
}

/** Restores the held spans, which may contain others. @param {string} text @param {string[]} held */
function release(text, held) {
  let shown = text;
  while (shown.includes("\ue002")) shown = shown.replace(HELD, (_, index) => held[Number(index)]);
  return shown;
}

/** @param {string | undefined} decimal @param {string} hex */
function fromCode(decimal, hex) {
  const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

/** @param {string} text */
const withLabels = (text) => text.replace(/\ue000(.*?)\ue001/g, (_, label) => cyan(`[${label}]`));

/** @param {string} text */
const labelsAsText = (text) => text.replace(/\ue000(.*?)\ue001/g, "[$1]");
