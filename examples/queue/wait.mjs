// Step 2: waits for the answer. It may run any number of times.
import { AieraChatError, answerOf } from "aiera-chat";
import { questionId } from "./ids.mjs";
import { bury, isSetup, later, pauseFor } from "./outcome.mjs";
import { settings } from "./settings.mjs";

/** @typedef {{ prompt: string, round: number, sessionId: number, since: number }} Data */

/**
 * @param {{
 *   chat: import("aiera-chat").AieraChat, waits: import("bullmq").Queue, signal: AbortSignal
 * }} deps `signal` ends the polls of a worker that stops
 */
export function waitStep({ chat, waits, signal }) {
  /** @type {import("bullmq").Processor<Data>} */
  return async (job, token) => {
    const { prompt, sessionId, since } = job.data;
    try {
      const session = await chat.pollSession(sessionId, { timeoutMs: settings.pollMs, signal });
      const answer = answerOf(session);
      if (!answer)
        throw new AieraChatError("no_answer", "The session holds no answer", { sessionId });
      const { text, citations } = answer;
      // BullMQ saves this atomically with the job's completion.
      return { id: questionId(job), prompt, sessionId, text, citations };
    } catch (error) {
      if (!(error instanceof AieraChatError)) throw error;
      if (error.code === "aborted") return later(job, token, 0);
      if (isSetup(error)) return pauseFor(waits, job, token, error);
      // `timeout` is retryable: the session has no answer yet.
      if (error.retryable && Date.now() - since < settings.giveUpMs) {
        return later(job, token, Math.max(error.retryAfterMs ?? 0, settings.pauseMs));
      }
      throw await bury(job, error);
    }
  };
}
