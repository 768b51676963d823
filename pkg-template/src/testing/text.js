// @ts-check
// Prompts in short: as a title, and quoted in an answer.

/**
 * A title, as the API generates one for a session without.
 *
 * @param {string | undefined} prompt
 */
export function titleOf(prompt) {
  return prompt === undefined ? "New chat" : shorten(prompt, 60).replace(/[?.!\s]+$/, "");
}

/**
 * A prompt in one row of at most 200 characters, with no character that Markdown or HTML acts on.
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
