// The two ways in which a step ends without a result: later, and never.
import { DelayedError, UnrecoverableError } from "bullmq";

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
 * Saves why the job fails, and returns the error to throw: it ends the job whatever its `attempts`.
 * @param {import("bullmq").Job} job
 * @param {{ code?: string, message?: string, toJSON?(): object }} error
 */
export async function bury(job, error) {
  const { lastSession, ...reason } = error.toJSON?.() ?? error;
  await job.updateData({ ...job.data, error: reason });
  return new UnrecoverableError(`${reason.code}: ${reason.message}`);
}
