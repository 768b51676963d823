import { DBOS } from "@dbos-inc/dbos-sdk";
import { application, QUEUE, settings } from "./settings.mjs";
import "./workflows.mjs";

/** Works until it is told to stop. First resumes the workflows of the previous worker of this name. */
export async function run() {
  DBOS.setConfig({
    name: application.name,
    applicationVersion: application.version,
    systemDatabaseUrl: settings.databaseUrl,
    executorID: settings.worker,
    logLevel: "warn",
    // Workers that start concurrently would create the tables concurrently.
    runMigrations: false,
  });
  await DBOS.launch();
  const limitPerPeriod = Math.ceil(settings.createsPerSecond);
  await DBOS.registerQueue(QUEUE, {
    workerConcurrency: settings.createsAtOnce,
    // DBOS counts in the database, so the limit applies to all workers together.
    rateLimit: { limitPerPeriod, periodSec: limitPerPeriod / settings.createsPerSecond },
    onConflict: "always_update",
  });
  console.log("working");

  await new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, resolve);
  });
  // The next worker of this name resumes the running workflows.
  await DBOS.shutdown();
  process.exit();
}
