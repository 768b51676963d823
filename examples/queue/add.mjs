import { readFile } from "node:fs/promises";
import { createId } from "./ids.mjs";
import { openQueues } from "./settings.mjs";

/** Adds each line of a file as a question, unless its batch already holds it. */
export async function run(
  [file = "questions.txt"],
  { batch = new Date().toISOString().slice(0, 10) },
) {
  const text = await readFile(file, "utf8");
  const prompts = new Set(text.split("\n").map((line) => line.trim()));
  prompts.delete("");
  const jobs = [...prompts].map((prompt) => ({
    name: "create",
    data: { prompt, round: 1 },
    opts: { jobId: createId(batch, prompt) },
  }));
  const { creates, close } = openQueues();
  try {
    const held = await Promise.all(jobs.map(({ opts }) => creates.getJobState(opts.jobId)));
    await creates.addBulk(jobs);
    const added = held.filter((state) => state === "unknown").length;
    console.log(`added ${added}, there already ${jobs.length - added}`);
  } finally {
    await close();
  }
}
