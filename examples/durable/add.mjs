import { readFile } from "node:fs/promises";
import { firstId } from "./ids.mjs";
import { openDatabase, QUEUE } from "./settings.mjs";

/** Adds each line of a file as a question, unless its batch already holds it. */
export async function run(
  [file = "questions.txt"],
  { batch = new Date().toISOString().slice(0, 10) },
) {
  const text = await readFile(file, "utf8");
  const prompts = new Set(text.split("\n").map((line) => line.trim()));
  prompts.delete("");
  const database = await openDatabase();
  try {
    const held = await database.listWorkflows({
      workflow_id_prefix: `${batch}-`,
      loadInput: false,
    });
    const ids = new Set(held.map(({ workflowID }) => workflowID));
    const fresh = [...prompts].filter((prompt) => !ids.has(firstId(batch, prompt)));
    for (const prompt of fresh) {
      const options = {
        queueName: QUEUE,
        workflowName: "create",
        workflowID: firstId(batch, prompt),
      };
      await database.enqueue(options, { prompt, round: 1 });
    }
    console.log(`added ${fresh.length}, there already ${prompts.size - fresh.length}`);
  } finally {
    await database.destroy();
  }
}
