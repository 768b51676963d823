// @ts-check
// The questions of a run, and the check of its end, for every engine.
import assert from "node:assert/strict";

/** @param {number} count */
export function questions(count) {
  return Array.from(
    { length: count },
    (_, index) => `What did company ${index + 1} say about margins?`,
  );
}

/**
 * Asserts that every question has one answer, or is in the dead letter with its reason, and never has two sessions.
 * `retried` is the number of creates that a person has repeated.
 * @param {{
 *   prompts: string[],
 *   answers: { prompt: string, sessionId: number, text: string }[],
 *   dead: { prompt: string, code?: string, reason?: string, sessionId?: number }[],
 *   state: import("./api.mjs").ApiState,
 *   retried?: number,
 * }} end
 */
export function checkEnd({ prompts, answers, dead, state, retried = 0 }) {
  const ended = [...answers, ...dead].map(({ prompt }) => prompt);
  assert.deepEqual(ended.sort(), [...prompts].sort(), "each question ends once");

  const titles = new Set(state.sessions.map(({ title }) => title));
  assert.equal(titles.size, state.sessions.length, "no question has two sessions");
  const repeated = state.creates.length - new Set(state.creates).size;
  assert.ok(repeated <= retried, `${repeated} creates were sent twice`);

  for (const { prompt, sessionId, text } of answers) {
    const session = state.sessions.find(({ id }) => id === sessionId);
    assert.ok(session?.title.startsWith(prompt), `"${prompt}" has its own session`);
    assert.equal(text, `About: ${prompt} [c1]`);
  }
  for (const { prompt, code, reason } of dead) {
    assert.ok(code, `"${prompt}" has a code`);
    assert.ok(reason, `"${prompt}" has a reason`);
  }
}

/** @param {string} text JSON Lines */
export const parseLines = (text) =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
