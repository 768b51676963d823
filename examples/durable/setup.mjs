import { DBOS } from "@dbos-inc/dbos-sdk";
import { settings } from "./settings.mjs";

/** Creates or updates the database and its tables. */
export async function run() {
  await DBOS.migrate(settings.databaseUrl);
}
