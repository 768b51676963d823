import { reasonOf } from "./errors.mjs";
import { listDead } from "./listing.mjs";
import { openDatabase } from "./settings.mjs";

/** Prints the workflows that failed, with the reason. */
export async function run() {
  const database = await openDatabase();
  try {
    for (const workflow of await listDead(database)) {
      const { workflowID: id, workflowName: step, input = [] } = workflow;
      const { prompt, sessionId } = /** @type {any} */ (input[0]);
      const error = reasonOf(workflow);
      const { code, message: reason } = error;
      console.log(JSON.stringify({ id, step, code, reason, sessionId, prompt, error }));
    }
  } finally {
    await database.destroy();
  }
}
