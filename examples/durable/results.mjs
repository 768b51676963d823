import { open } from "node:fs/promises";
import { parseId } from "./ids.mjs";
import { list } from "./listing.mjs";
import { openDatabase } from "./settings.mjs";

/** Appends the answers that the file lacks. May be repeated, but not run concurrently. */
export async function run([file]) {
  if (!file) throw new Error("results: expected a file");
  const database = await openDatabase();
  const handle = await open(file, "a+");
  try {
    const stored = await readIds(handle);
    let added = 0;
    for await (const { workflowID, output } of list(database, {
      workflowName: "wait",
      status: "SUCCESS",
      loadInput: false,
    })) {
      const id = parseId(workflowID).question;
      if (stored.has(id)) continue;
      stored.add(id);
      await handle.appendFile(`${JSON.stringify({ id, ...output })}\n`);
      added += 1;
    }
    await handle.sync();
    console.log(`added ${added}, there already ${stored.size - added}`);
  } finally {
    await handle.close();
    await database.destroy();
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
