// Step 1: creates the session of a question, once, and passes its id to step 2.
import { AieraChatError } from "aiera-chat";
import { findSession } from "./find-session.mjs";
import { titleOf, waitId } from "./ids.mjs";
import { bury, isSetup, later, pauseFor } from "./outcome.mjs";
import { settings } from "./settings.mjs";

/**
 * A job's data. `sentAt` is saved before the request is sent and removed when the service has refused it: a job that has
 * `sentAt` and no `sessionId` may already have a session.
 * @typedef {{
 *   prompt: string, round: number, sentAt?: number, sessionId?: number, unknown?: object, mayCreateAgain?: boolean
 * }} Data
 */

/**
 * @param {{ chat: import("aiera-chat").AieraChat, creates: import("bullmq").Queue, waits: import("bullmq").Queue }} deps
 */
export function createStep({ chat, creates, waits }) {
  /** @type {import("bullmq").Processor<Data>} */
  return async (job, token) => {
    if (!job.data.sessionId) {
      const session = await (job.data.sentAt ? recover(job, token) : create(job, token));
      await job.updateData({ ...job.data, sessionId: session.id, unknown: undefined });
    }
    const { prompt, round, sessionId } = job.data;
    // Adding the same id a second time has no effect, so this step can be repeated from here.
    await waits.add(
      "wait",
      { prompt, round, sessionId, since: Date.now() },
      { jobId: waitId(job) },
    );
    return { sessionId };
  };

  /** @type {(job: import("bullmq").Job<Data>, token?: string) => Promise<import("aiera-chat").Session>} */
  async function create(job, token = "") {
    await job.updateData({ ...job.data, sentAt: Date.now(), mayCreateAgain: undefined });
    // A worker that was suspended before this call has lost its lock, and another worker has the job.
    if (!(await job.extendLock(token, settings.lockMs))) throw new Error("the lock was lost");
    try {
      return await chat.createSession({ title: titleOf(job), prompt: job.data.prompt });
    } catch (error) {
      if (!(error instanceof AieraChatError)) throw error;
      if (error.code === "create_outcome_unknown") {
        await job.updateData({ ...job.data, unknown: error.toJSON() });
        return recover(job, token);
      }
      // The service has refused the request or never received it: there is no session.
      await job.updateData({ ...job.data, sentAt: undefined });
      // A create does not name a session, so a 404 means a wrong address.
      if (isSetup(error) || error.status === 404) return pauseFor(creates, job, token, error);
      if (error.retryable)
        return later(job, token, Math.max(error.retryAfterMs ?? 0, settings.pauseMs));
      throw await bury(job, error);
    }
  }

  /** @type {(job: import("bullmq").Job<Data>, token?: string) => Promise<import("aiera-chat").Session>} */
  async function recover(job, token = "") {
    const { sentAt = 0, unknown, mayCreateAgain } = job.data;
    let found;
    try {
      found = await findSession(chat, titleOf(job), sentAt);
    } catch (error) {
      if (!(error instanceof AieraChatError)) throw error;
      if (isSetup(error)) return pauseFor(creates, job, token, error);
      // Retries the list until it responds, since only the list shows whether the session exists.
      return later(job, token, Math.max(error.retryAfterMs ?? 0, settings.pauseMs));
    }
    if (found) return found;
    const settledAt = sentAt + settings.settleMs;
    if (Date.now() < settledAt) return later(job, token, settledAt - Date.now());
    if (mayCreateAgain) {
      await job.updateData({ ...job.data, unknown: undefined });
      return create(job, token);
    }
    const message = "A worker died during the create, and no session has the question's title";
    throw await bury(job, unknown ?? { code: "create_outcome_unknown", message });
  }
}
