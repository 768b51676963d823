import { setTimeout as sleep } from "node:timers/promises";
import { openQueues } from "./settings.mjs";

/** Prints the number of questions in each state; with `watch`, every two seconds until all are done. */
export async function run(_, { watch = false }) {
  const { creates, waits, close } = openQueues();
  try {
    for (;;) {
      const [create, wait] = await Promise.all([creates.getJobCounts(), waits.getJobCounts()]);
      const queued = create.waiting + create.delayed + create.active;
      const waiting = wait.waiting + wait.active + wait.delayed;
      const dead = create.failed + wait.failed;
      const paused = (await creates.isPaused()) || (await waits.isPaused()) ? " · paused" : "";
      console.log(
        `queued ${queued} · waiting ${waiting} · answered ${wait.completed} · dead ${dead}${paused}`,
      );
      if (!watch || queued + waiting === 0) return;
      await sleep(2_000);
    }
  } finally {
    await close();
  }
}
