// @ts-check
// Context that the parts of a view share. The element creates one and passes it down.

/** @typedef {import("../../../element.js").AieraChatStrings} AieraChatStrings */
/** @typedef {import("../../../index.js").AnswerCitation} AnswerCitation */

/**
 * @typedef {object} ViewContext
 * @property {AieraChatStrings} strings
 * @property {string | undefined} locale
 * @property {number} headingLevel  of the prompts
 * @property {(text: string, button: HTMLElement) => void} copy  to the clipboard, with a confirmation on the button
 * @property {(scroller: HTMLElement, name: string) => void} observeScroller
 * @property {(citations: AnswerCitation[]) => HTMLElement} citationGroup
 * @property {(citation: AnswerCitation, text: string) => HTMLElement | undefined} sourceLink  absent without a web address
 */

/** @param {number} level  of a heading; HTML has at most 6 */
export function headingName(level) {
  return /** @type {"h2"} */ (`h${Math.min(level, 6)}`);
}

export {};
