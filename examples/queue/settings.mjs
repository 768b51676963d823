// Settings from the environment, the client, and the two queues.
import { AieraChat } from "aiera-chat";
import { Queue } from "bullmq";

const {
  AIERA_API_KEY,
  AIERA_BASE_URL,
  REDIS_URL = "redis://127.0.0.1:6379",
  QUEUE = "aiera",
} = process.env;

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
  /** The number of creates that a worker has in flight. */
  createsAtOnce: number("CREATES_AT_ONCE", 4),
  /** The number of creates of all workers per second; 0.2 means one in five seconds. */
  createsPerSecond: number("CREATES_PER_SECOND", 1),
  /** The number of sessions that a worker polls concurrently. */
  waitsAtOnce: number("WAITS_AT_ONCE", 500),
  /** The longest time for which a worker polls a session before it frees the slot. */
  pollMs: number("POLL_MS", 30_000),
  /** The time of a session in the delayed set between two polls. */
  pauseMs: number("PAUSE_MS", 5_000),
  /** A session without an answer after this time goes to the dead letter. */
  giveUpMs: number("GIVE_UP_MS", 3_600_000),
  /** The time after which no create of a dead worker can arrive: longer than the create's `timeoutMs`. */
  settleMs: number("SETTLE_MS", 90_000),
  /** The time after which the job of a silent worker goes to another worker. */
  lockMs: number("LOCK_MS", 30_000),
};

/** With a limit of retries, commands would fail during a restart of Redis. */
export const connection = { url: REDIS_URL, maxRetriesPerRequest: null };

export const names = { creates: `${QUEUE}-create`, waits: `${QUEUE}-wait` };

/** Completed jobs hold the answers, and prevent jobs with the same ids. */
const WEEK_S = 7 * 24 * 3600;

/** A failed job stays until a person handles it. The failed set is the dead letter. */
const defaultJobOptions = { attempts: 1, removeOnComplete: { age: WEEK_S }, removeOnFail: false };

export function openQueues() {
  const creates = new Queue(names.creates, { connection, defaultJobOptions });
  const waits = new Queue(names.waits, { connection, defaultJobOptions });
  for (const queue of [creates, waits]) queue.on("error", report);
  const close = async () => void (await Promise.all([creates.close(), waits.close()]));
  return { creates, waits, close };
}

export const openClient = () => new AieraChat({ apiKey: AIERA_API_KEY, baseUrl: AIERA_BASE_URL });

let lastReport = "";

/** Prints successive equal errors once: a lost connection reports an error for each attempt. */
export function report(/** @type {Error} */ error) {
  if (error.message !== lastReport) console.error(error.message);
  lastReport = error.message;
}
