// @ts-check
// The questions of a run, and the check of its end, whatever the engine.
import assert from "node:assert/strict";

/** @param {number} count */
export function questions(count) {
  return Array.from(
    { length: count },
    (_, index) => `What did company ${index + 1} say about margins?`,
  );
}

/**
 * Every question has one answer, or stands in the dead letter with its reason; never both, and never two sessions.
 * @param {{
 *   prompts: string[],
 *   answers: { prompt: string, sessionId: number, text: string }[],
 *   dead: { prompt: string, code?: string, reason?: string, sessionId?: number }[],
 *   state: import("./api.mjs").ApiState,
 * }} end
 */
export function checkEnd({ prompts, answers, dead, state }) {
  const ended = [...answers, ...dead].map(({ prompt }) => prompt);
  assert.deepEqual(ended.sort(), [...prompts].sort(), "each question ends once");

  const sessions =
    Map.groupBy?.(state.sessions, ({ title }) => title) ?? groupByTitle(state.sessions);
  assert.deepEqual(
    [...sessions].filter(([, { length }]) => length > 1),
    [],
    "no question has two sessions",
  );
  assert.equal(new Set(state.creates).size, state.creates.length, "no create was sent twice");

  for (const { prompt, sessionId, text } of answers) {
    const session = state.sessions.find(({ id }) => id === sessionId);
    assert.ok(session?.title.startsWith(prompt), `the session of "${prompt}" is its own`);
    assert.equal(text, `About: ${prompt} [c1]`);
  }
  for (const { prompt, code, reason } of dead) {
    assert.ok(code, `"${prompt}" has a code`);
    assert.ok(reason, `"${prompt}" has a reason`);
  }
}

/** @param {import("./api.mjs").ApiState["sessions"]} sessions */
function groupByTitle(sessions) {
  /** @type {Map<string, typeof sessions>} */
  const groups = new Map();
  for (const session of sessions) {
    groups.set(session.title, [...(groups.get(session.title) ?? []), session]);
  }
  return groups;
}

/** @param {string} text JSON Lines */
export const parseLines = (text) =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
