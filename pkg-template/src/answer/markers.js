// @ts-check
// Finds citation markers in Markdown.

/** @typedef {import("../../answer.js").AnswerCitation} AnswerCitation */
/** @typedef {import("../../answer.js").Segment} Segment */

/**
 * Code, or a group of names in brackets (group 3). Markers in code are text. Code is one of:
 *
 * - a fence of backticks or tildes, also in a list or a quotation, up to the closing fence or the end of the text;
 * - lines with an indent of four spaces after a paragraph and a blank line (after a list item, they continue the item);
 * - a code span within a line. A backtick after a backslash, or without a partner, does not open one.
 */
const CODE_OR_GROUP =
  /^[ \t>*+\d.)-]*(`{3,}(?!.*?`)|~{3,})[^]*?(?:\n[ \t>]*\1|(?![^]))|(?<=^[^\s\d*+-].*\n\n)(?: {4}|\t)[^]*?(?=\n {0,3}\S|(?![^]))|\\[\\`]|(`+)(?:.*?[^`]\2(?!`))?|\[([^[\],;\s][^[\]]*)]/gm;

/**
 * Cuts a text at the markers that resolve.
 *
 * If only some names of a group resolve (`[c1, c9]`), the marker is only the name: brackets, separators and the other names
 * stay text.
 *
 * @param {string} text
 * @param {(name: string, index: number) => AnswerCitation | undefined} resolve
 */
export const segmentsOf = (text, resolve) => {
  /** @type {any[]} */
  const segments = [];
  let end = 0;
  const cut = (
    /** @type {number} */ start,
    /** @type {string} */ marker,
    /** @type {any} */ citations,
  ) => {
    segments.push({ text: text.slice(end, start) }, { citations, marker });
    end = start + marker.length;
  };
  for (const { 0: marker, 3: group = "", index } of text.matchAll(CODE_OR_GROUP)) {
    const names = [...group.matchAll(/[^,;\s]+/g)];
    const citations = names.map(([name]) => resolve(name, index));
    if (group && citations.every(Boolean)) cut(index, marker, citations);
    else {
      names.map(({ 0: name, index: offset }, i) => {
        if (citations[i]) cut(index + 1 + offset, name, [citations[i]]);
      });
    }
  }
  segments.push({ text: text.slice(end) });
  return segments.filter((segment) => segment.text !== "");
};
