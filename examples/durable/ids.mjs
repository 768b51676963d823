// @ts-check
// The ids of a question's workflows: `BATCH-HASH.ROUND` for a create, and `BATCH-HASH.ROUND.wait`.
import { createHash } from "node:crypto";

/**
 * @param {string} batch
 * @param {string} prompt
 */
export function firstId(batch, prompt) {
  const hash = createHash("sha256").update(prompt).digest("hex").slice(0, 16);
  return `${batch}-${hash}.1`;
}

export const waitId = (/** @type {string} */ createId) => `${createId}.wait`;

/** @param {string} workflowId of a create or a wait */
export function parseId(workflowId) {
  const [, question, round] = /^(.*)\.(\d+)(?:\.wait)?$/.exec(workflowId) ?? [];
  const nextId = `${question}.${Number(round) + 1}`;
  return { question, round: Number(round), nextId };
}

/**
 * Unique, and readable in a list of sessions.
 * @param {string} createId
 * @param {string} prompt
 */
export function titleOf(createId, prompt) {
  // Cuts between characters: half of a surrogate pair would be replaced.
  return `${[...prompt.replace(/\s+/g, " ")].slice(0, 80).join("")} [${createId}]`;
}
