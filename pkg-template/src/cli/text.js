// @ts-check
// Text for terminals and logs: control characters, widths, and arguments for a shell.

/** C0 and C1 controls and DEL, except tab and newline. */
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g;

/**
 * A server's text without control characters: an answer must not move the cursor, retitle the window or fake a prompt.
 * @param {string} text
 */
export const withoutControls = (text) => text.replace(/\r\n?/g, "\n").replace(CONTROLS, "");

/** The same on one line. @param {string} text */
export const oneLine = (text) => withoutControls(text).replace(/\s+/g, " ").trim();

/**
 * JSON on one line, or indented. Escapes the controls that `JSON.stringify` does not, for terminals.
 * @param {unknown} value
 * @param {number} [indent]
 */
export function jsonText(value, indent) {
  const json = JSON.stringify(value, null, indent);
  return `${json.replace(/[\x7f-\x9f]/g, (control) => `\\u00${control.charCodeAt(0).toString(16)}`)}\n`;
}

const SGR = /\x1b\[[\d;]*m/g;

/** East Asian wide characters and emoji take two columns. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;

const ZERO_WIDTH = /\p{M}|[\u200b-\u200f\u2060\ufe0f]/u;

/** The columns of a text on a terminal, without its styles. @param {string} text */
export function widthOf(text) {
  let width = 0;
  for (const character of text.replace(SGR, "")) {
    if (character < "\x7f") width += 1;
    else if (!ZERO_WIDTH.test(character)) width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

/** The columns of the widest text; 0 if there are none. @param {readonly string[]} texts */
export const maxWidth = (texts) =>
  // Not by `Math.max(...)`, whose arguments would overflow the stack.
  texts.reduce((widest, text) => Math.max(widest, widthOf(text)), 0);

/**
 * Plain text, cut to a number of columns.
 * @param {string} text
 * @param {number} width
 */
export function cutTo(text, width) {
  if (widthOf(text) <= width) return text;
  let cut = "";
  let left = width - 1;
  for (const character of text) {
    left -= widthOf(character);
    if (left < 0) break;
    cut += character;
  }
  return `${cut}…`;
}

/**
 * Breaks a text at spaces, so that no line is wider than `width` if possible.
 * @param {string} text
 * @param {number} width
 * @param {string} [first] the beginning of the first line
 * @param {string} [rest] the beginning of the others
 */
export function wrap(text, width, first = "", rest = first) {
  const rows = [];
  let row = first;
  let isEmpty = true;
  for (const word of text.split(" ").filter(Boolean)) {
    if (!isEmpty && widthOf(row) + 1 + widthOf(word) > width) {
      rows.push(row);
      row = rest;
      isEmpty = true;
    }
    row += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...rows, row].join("\n");
}

/** An argument as the user's shell reads it. @param {string} text @param {string} [platform] */
export function shellArgument(text, platform = process.platform) {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (platform === "win32") return /^[\w@+=:,./\\~-]+$/.test(text) ? text : `"${text}"`;
  return `'${text.replaceAll("'", "'\\''")}'`;
}
