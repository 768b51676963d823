import { openQueues } from "./settings.mjs";

/** Prints the failed jobs of both queues, with the reason. */
export async function run() {
  const { creates, waits, close } = openQueues();
  try {
    for (const queue of [creates, waits]) {
      for (const { id, name: step, data, failedReason } of await queue.getFailed(0, -1)) {
        const { prompt, sessionId, error } = data;
        // BullMQ fails a job that has lost too many workers.
        const code = error?.code ?? "queue_error";
        const entry = { id, step, code, reason: failedReason, sessionId, prompt, error };
        console.log(JSON.stringify(entry));
      }
    }
  } finally {
    await close();
  }
}
