import { reasonOf } from "./errors.mjs";
import { parseId, titleOf } from "./ids.mjs";
import { listDead } from "./listing.mjs";
import { openDatabase, QUEUE } from "./settings.mjs";

/**
 * Starts another round of questions in the dead letter. A person decides this: a create of unknown outcome is repeated
 * unless its session is found, and a failed session is replaced by a new one.
 */
export async function run(ids, { all = false }) {
  const database = await openDatabase();
  try {
    for (const workflow of await listDead(database)) {
      const { workflowID, workflowName, input = [], createdAt } = workflow;
      if (!all && !ids.includes(workflowID)) continue;
      const { prompt, sessionId } = /** @type {any} */ (input[0]);
      const { round, nextId } = parseId(workflowID);
      const { code, status } = reasonOf(workflow);
      const question = { prompt, round: round + 1 };
      if (workflowName === "create") {
        // Only a refusal proves that there is no session.
        if (code !== "http")
          question.unknown = { title: titleOf(workflowID, prompt), sentAt: createdAt };
      } else {
        const isOver = ["session_failed", "no_answer"].includes(code) || status === 404;
        if (!isOver) question.sessionId = sessionId;
      }
      await database.enqueue(
        { queueName: QUEUE, workflowName: "create", workflowID: nextId },
        question,
      );
      console.log(`${workflowID}: again, as ${nextId}`);
    }
  } finally {
    await database.destroy();
  }
}
