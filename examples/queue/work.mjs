import { Worker } from "bullmq";
import { createStep } from "./create.mjs";
import { connection, names, openClient, openQueues, report, settings } from "./settings.mjs";
import { waitStep } from "./wait.mjs";

/** Works on both queues until it is told to stop. */
export async function run() {
  const { creates, waits, close } = openQueues();
  const chat = openClient();
  const stop = new AbortController();
  const max = Math.ceil(settings.createsPerSecond);
  const common = {
    connection,
    lockDuration: settings.lockMs,
    stalledInterval: settings.lockMs,
    // Both steps survive the death of a worker. A job that loses more than ten workers probably kills them.
    maxStalledCount: 10,
  };
  const workers = [
    new Worker(names.creates, createStep({ chat, creates, waits }), {
      ...common,
      concurrency: settings.createsAtOnce,
      // BullMQ counts in Redis, so the limit applies to all workers together.
      limiter: { max, duration: (1_000 * max) / settings.createsPerSecond },
    }),
    new Worker(names.waits, waitStep({ chat, waits, signal: stop.signal }), {
      ...common,
      concurrency: settings.waitsAtOnce,
    }),
  ];
  for (const worker of workers) worker.on("error", report);
  console.log("working");

  await new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, resolve);
  });
  // Polls end at once. Waits for a create in flight, whose outcome would otherwise be unknown.
  stop.abort();
  await Promise.all(workers.map((worker) => worker.close()));
  await close();
}
