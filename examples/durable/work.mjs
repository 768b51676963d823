import { DBOS } from "@dbos-inc/dbos-sdk";
import { application, QUEUE, settings } from "./settings.mjs";
import "./workflows.mjs";

/** Works until it is asked to stop, and first goes on with what a worker of this name left. */
export async function run() {
  DBOS.setConfig({
    name: application.name,
    applicationVersion: application.version,
    systemDatabaseUrl: settings.databaseUrl,
    executorID: settings.worker,
    logLevel: "warn",
    // Workers that start together would make the tables together.
    runMigrations: false,
  });
  await DBOS.launch();
  const limitPerPeriod = Math.ceil(settings.createsPerSecond);
  await DBOS.registerQueue(QUEUE, {
    workerConcurrency: settings.createsAtOnce,
    // DBOS counts in the database, so the limit holds for all workers together.
    rateLimit: { limitPerPeriod, periodSec: limitPerPeriod / settings.createsPerSecond },
    onConflict: "always_update",
  });
  console.log("working");

  await new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, resolve);
  });
  // The next worker of this name goes on with the workflows that run.
  await DBOS.shutdown();
  process.exit();
}
