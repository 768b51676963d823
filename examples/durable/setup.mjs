import { DBOS } from "@dbos-inc/dbos-sdk";
import { settings } from "./settings.mjs";

/** Makes the database and its tables, or brings them up to date. */
export async function run() {
  await DBOS.migrate(settings.databaseUrl);
}
