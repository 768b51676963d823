// @ts-check
// Shortens prompts: to a title, and to a quotation in an answer.

/**
 * The title that the API generates for a session without one.
 *
 * @param {string | undefined} prompt
 */
export function titleOf(prompt) {
  return prompt === undefined ? "New chat" : shorten(prompt, 60).replace(/[?.!\s]+$/, "");
}

/**
 * A prompt in one row of at most 200 characters, without characters that have a meaning in Markdown or HTML.
 *
 * @param {string} prompt
 */
export function quotable(prompt) {
  const row = shorten(prompt, 200);
  return row.replace(/[\\`*_{}[\]<>()#+!|~&]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * @param {string} text
 * @param {number} length
 */
function shorten(text, length) {
  // By code points, so that no surrogate pair is cut.
  const characters = Array.from(text.replace(/\s+/g, " ").trim());
  return characters.length > length
    ? `${characters.slice(0, length - 1).join("")}…`
    : characters.join("");
}
