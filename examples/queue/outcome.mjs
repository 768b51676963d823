// The ways in which a step ends without a result.
import { DelayedError, UnrecoverableError } from "bullmq";

/** Errors that affect every question: a wrong key, a wrong address. */
const SETUP_CODES = new Set(["key_unavailable", "redirected", "wasm_unavailable"]);
const SETUP_STATUSES = new Set([401, 402, 403]);

/** @param {{ code: string, status?: number }} error */
export const isSetup = ({ code, status = 0 }) =>
  SETUP_CODES.has(code) || SETUP_STATUSES.has(status);

/**
 * Pauses the queue until a person resumes it, instead of filling the dead letter. The job returns to the queue.
 * @param {import("bullmq").Queue} queue
 * @param {import("bullmq").Job} job
 * @param {string | undefined} token
 * @param {Error} error
 * @returns {Promise<never>}
 */
export async function pauseFor(queue, job, token, error) {
  await queue.pause();
  console.error(`${queue.name} is paused: ${error.message}`);
  return later(job, token, 0);
}

/**
 * Moves the job to the delayed set, which frees its slot. `moveToDelayed` needs the token of the lock, and the error
 * keeps BullMQ from finishing the job; neither counts as an attempt.
 * @param {import("bullmq").Job} job
 * @param {string | undefined} token
 * @param {number} ms
 * @returns {Promise<never>}
 */
export async function later(job, token, ms) {
  await job.moveToDelayed(Date.now() + ms, token);
  throw new DelayedError();
}

/**
 * Saves the reason, and returns the error to throw, which ends the job regardless of its `attempts`.
 * @param {import("bullmq").Job} job
 * @param {{ code?: string, message?: string, toJSON?(): object }} error
 */
export async function bury(job, error) {
  const { lastSession, ...reason } = error.toJSON?.() ?? error;
  await job.updateData({ ...job.data, error: reason });
  return new UnrecoverableError(`${reason.code}: ${reason.message}`);
}
