import { open } from "node:fs/promises";
import { openQueues } from "./settings.mjs";

const PAGE = 500;

/** Appends the answers that the file lacks. May be repeated, but not run concurrently. */
export async function run([file]) {
  if (!file) throw new Error("results: expected a file");
  const { waits, close } = openQueues();
  const handle = await open(file, "a+");
  try {
    const stored = await readIds(handle);
    let added = 0;
    for (let start = 0; ; start += PAGE) {
      // Oldest first, so that new answers do not shift the pages.
      const jobs = await waits.getJobs(["completed"], start, start + PAGE - 1, true);
      const fresh = jobs.map((job) => job.returnvalue).filter(({ id }) => !stored.has(id));
      for (const { id } of fresh) stored.add(id);
      await handle.appendFile(fresh.map((answer) => `${JSON.stringify(answer)}\n`).join(""));
      added += fresh.length;
      if (jobs.length < PAGE) break;
    }
    await handle.sync();
    console.log(`added ${added}, there already ${stored.size - added}`);
  } finally {
    await handle.close();
    await close();
  }
}

/**
 * The ids in the file. Removes an incomplete last line, which a crash has cut off.
 * @param {import("node:fs/promises").FileHandle} handle
 */
async function readIds(handle) {
  const text = await handle.readFile("utf8");
  const end = text.lastIndexOf("\n") + 1;
  if (end < text.length) await handle.truncate(Buffer.byteLength(text.slice(0, end)));
  const lines = text.slice(0, end).split("\n").filter(Boolean);
  return new Set(lines.map((line) => JSON.parse(line).id));
}
