import { setTimeout as sleep } from "node:timers/promises";
import { list, listDead } from "./listing.mjs";
import { openDatabase } from "./settings.mjs";

/** Prints the number of questions in each state; with `watch`, every two seconds until all are done. */
export async function run(_, { watch = false }) {
  const database = await openDatabase();
  try {
    for (;;) {
      const counts = { queued: 0, waiting: 0, answered: 0 };
      for await (const { workflowName, status } of list(database, {
        status: ["ENQUEUED", "PENDING", "SUCCESS"],
        loadInput: false,
        loadOutput: false,
      })) {
        if (workflowName === "wait") counts[status === "SUCCESS" ? "answered" : "waiting"] += 1;
        else if (status !== "SUCCESS") counts.queued += 1;
      }
      const { queued, waiting, answered } = counts;
      const dead = (await listDead(database)).length;
      console.log(`queued ${queued} · waiting ${waiting} · answered ${answered} · dead ${dead}`);
      if (!watch || queued + waiting === 0) return;
      await sleep(2_000);
    }
  } finally {
    await database.destroy();
  }
}
