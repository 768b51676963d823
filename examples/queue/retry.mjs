import { questionId } from "./ids.mjs";
import { openQueues } from "./settings.mjs";

/** Whether the session failed, was deleted, or ended without an answer, so that a retry needs a new one. */
const needsNewSession = ({ code = "", status } = {}) =>
  ["session_failed", "no_answer"].includes(code) || status === 404;

/**
 * Removes jobs from the dead letter. A person decides this: a create of unknown outcome is repeated unless its session is
 * found, and a failed session is replaced by a new one.
 */
export async function run(ids, { all = false }) {
  const { creates, waits, close } = openQueues();
  const chosen = (job) => all || ids.includes(job.id);
  try {
    for (const job of (await creates.getFailed(0, -1)).filter(chosen)) {
      await job.updateData({ ...job.data, error: undefined, mayCreateAgain: true });
      await job.retry("failed");
      console.log(`${job.id}: again`);
    }
    for (const job of (await waits.getFailed(0, -1)).filter(chosen)) {
      const { error, prompt, round } = job.data;
      if (!needsNewSession(error)) {
        await job.updateData({ ...job.data, error: undefined, since: Date.now() });
        await job.retry("failed");
        console.log(`${job.id}: waits again`);
        continue;
      }
      const create = await creates.getJob(questionId(job));
      // After a crash of this command, the next round may already exist.
      if (create?.data.round === round) {
        await create.updateData({ prompt, round: round + 1 });
        await create.retry("completed");
      }
      await job.remove();
      console.log(`${job.id}: asked in a new session`);
    }
  } finally {
    await close();
  }
}
