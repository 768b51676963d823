// @ts-check
// Formats a list of sessions: a table on a terminal, else lines with tabs.

import { bold } from "./terminal-markdown.js";
import { cutTo, maxWidth, oneLine, widthOf } from "./text.js";

const HEAD = ["ID", "STATUS", "UPDATED (UTC)", "TITLE"];

/**
 * @param {readonly any[]} sessions
 * @param {import("./streams.js").Streams} streams
 */
export function renderList(sessions, streams) {
  if (sessions.length === 0) return "";
  const rows = sessions.map(({ id, status, updated_at, title }) =>
    [id, status, updated_at, title].map((value) => oneLine(String(value ?? ""))),
  );
  if (!streams.isTerminal) return rows.map((row) => `${row.join("\t")}\n`).join("");
  const table = [HEAD, ...rows.map(([id, status, at, title]) => [id, status, minuteOf(at), title])];
  const widths = [0, 1, 2].map((column) => maxWidth(table.map((row) => row[column])));
  const titleWidth = Math.max(
    10,
    streams.columns - widths.reduce((sum, each) => sum + each + 2, 0),
  );
  const shown = table.map((row) => {
    const cells = widths.map((width, i) => row[i] + " ".repeat(width - widthOf(row[i])));
    return [...cells, cutTo(row[3], titleWidth)].join("  ").trimEnd();
  });
  if (streams.isStyled) shown[0] = bold(shown[0]);
  return `${shown.join("\n")}\n`;
}

/** `2026-04-29T20:52:25Z` as `2026-04-29 20:52`; other formats are unchanged. @param {string} time */
function minuteOf(time) {
  return time.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*Z$/, "$1 $2");
}
