// Settings from the environment, the client, and the connection to the database.
import { hostname } from "node:os";
import { DBOSClient } from "@dbos-inc/dbos-sdk";
import { AieraChat } from "aiera-chat";

const { AIERA_API_KEY, AIERA_BASE_URL, WORKER = hostname() } = process.env;

/**
 * @param {string} name
 * @param {number} fallback
 */
function number(name, fallback) {
  const value = Number(process.env[name] ?? fallback);
  if (!(value > 0)) throw new Error(`${name}: expected a number above 0`);
  return value;
}

export const settings = {
  databaseUrl: process.env.DATABASE_URL ?? "postgresql://postgres@127.0.0.1:5432/postgres",
  /**
   * The worker's unique name, the same after a restart: a worker that starts recovers the workflows of its name. Two
   * workers with one name would take each other's workflows.
   */
  worker: WORKER,
  /** The number of creates that a worker has in flight. */
  createsAtOnce: number("CREATES_AT_ONCE", 4),
  /** The number of creates of all workers per second; 0.2 means one in five seconds. */
  createsPerSecond: number("CREATES_PER_SECOND", 1),
  /** The longest time that one step polls a session. */
  pollMs: number("POLL_MS", 30_000),
  /** The sleep between two polls of a session. */
  pauseMs: number("PAUSE_MS", 5_000),
  /** The sleep of a workflow after an error that affects every question, such as a wrong key. */
  setupPauseMs: number("SETUP_PAUSE_MS", 60_000),
  /** A session without an answer after this time goes to the dead letter. */
  giveUpMs: number("GIVE_UP_MS", 3_600_000),
  /** The time after which no create of a dead worker can arrive: longer than the create's `timeoutMs`. */
  settleMs: number("SETTLE_MS", 90_000),
};

/** All workers of one application and version share their workflows. */
export const application = { name: "aiera-questions", version: "1" };

export const QUEUE = "aiera-create";

export const openClient = () => new AieraChat({ apiKey: AIERA_API_KEY, baseUrl: AIERA_BASE_URL });

/** For the commands, which read and enqueue but run no workflows. */
export const openDatabase = () =>
  DBOSClient.create({
    systemDatabaseUrl: settings.databaseUrl,
    applicationName: application.name,
  });
