// @ts-check
// Ids: `BATCH-HASH` for a question and its create, `BATCH-HASH.ROUND` for a wait. A round is one session of a question: the
// retry of a failed session starts another round.
import { createHash } from "node:crypto";

/** @typedef {{ id?: string, data: { prompt: string, round: number } }} CreateJob */

/**
 * @param {string} batch
 * @param {string} prompt
 */
export function createId(batch, prompt) {
  return `${batch}-${createHash("sha256").update(prompt).digest("hex").slice(0, 16)}`;
}

export const waitId = (/** @type {CreateJob} */ { id, data }) => `${id}.${data.round}`;

export const questionId = (/** @type {{ id?: string }} */ { id = "" }) =>
  id.slice(0, id.lastIndexOf("."));

/** Unique, and readable in a list of sessions. */
export function titleOf(/** @type {CreateJob} */ job) {
  // Cuts between characters: half of a surrogate pair would be replaced.
  const text = [...job.data.prompt.replace(/\s+/g, " ")].slice(0, 80).join("");
  return `${text} [${waitId(job)}]`;
}
