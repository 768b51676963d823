// @ts-check
// Ids: `BATCH-HASH` for a question and its create, `BATCH-HASH.ROUND` for a wait. A round is one session of a question: a
// person who retries a failed session begins another one.
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
  // Whole characters: a half of one would come back as another.
  const text = [...job.data.prompt.replace(/\s+/g, " ")].slice(0, 80).join("");
  return `${text} [${waitId(job)}]`;
}
