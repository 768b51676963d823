// @ts-check
// Measures how each client handles real faults on loopback. The clients have their defaults and, if there is such an option,
// a request timeout of one second; some also have a row with their best settings.
import { measure } from "../lib/child-process.mjs";
import { runAtMost } from "../lib/concurrency.mjs";
import { report } from "../lib/results.mjs";
import { selectPeers } from "../lib/selection.mjs";

const WORKER = new URL("./safety.worker.mjs", import.meta.url);

/** @typedef {any} Outcome the JSON that safety.worker.mjs prints */
/**
 * @typedef {object} Case
 * @property {number} seconds the time for which the worker observes the client
 * @property {string} column
 * @property {(outcome: Outcome) => string | number} format
 * @property {boolean} [aboutRequests] does not apply to clients that leave requests to the caller
 * @property {boolean} [busy] some clients use a whole processor
 */

const formatSeconds = (/** @type {number} */ ms) => `${(ms / 1_000).toFixed(1)} s`;
const CREATE = {
  // Enough for the last create of the client with the longest backoff.
  seconds: 12,
  aboutRequests: true,
  format: (/** @type {Outcome} */ { creates, state }) =>
    state === "pending" ? `${creates}, still trying` : creates,
};

/** @type {Record<string, Case>} */
const CASES = {
  create: { ...CREATE, column: `POSTs in ${CREATE.seconds} s, if a create gets 503` },
  createWithoutRetries: { ...CREATE, column: "the same, with retries off" },
  reset: { ...CREATE, column: "if the connection is reset" },
  rateLimited: { ...CREATE, column: "if it gets 429" },
  unknownStatus: {
    // Enough for the first poll of the client with the longest first sleep, 7.5 s.
    seconds: 10,
    busy: true,
    column: "GETs in 10 s on an unknown status",
    format: ({ polls, state }) => (state === "pending" ? polls : `${polls}, then ${state}`),
  },
  stalledBody: {
    seconds: 6,
    aboutRequests: true,
    column: "stalled response body",
    format: ({ state, ms, polls }) =>
      state === "pending"
        ? "hangs (over 6 s)"
        : polls > 1
          ? "retried"
          : `rejected after ${formatSeconds(ms)}`,
  },
  abort: {
    seconds: 10,
    column: "abort during a sleep",
    format({ state, ms, polls }) {
      if (state === "pending") return "no abort";
      const delay = ms < 100 ? "immediate" : `${formatSeconds(ms)} late`;
      const request = polls ? ", one more request" : "";
      // The session of this case never finishes.
      return `${delay}${request}${state === "resolved" ? ", resolves unfinished" : ""}`;
    },
  },
  redirect: {
    seconds: 3,
    aboutRequests: true,
    column: "redirect to another origin",
    format: ({ followed, keySent }) =>
      keySent ? "followed with the key" : followed ? "followed without the key" : "refused",
  },
  print: {
    seconds: 1,
    column: "key in `console.log` or JSON of the client",
    format: ({ state, logged, loggedDeep, inJson }) =>
      state ?? (logged || loggedDeep || inJson ? "shown" : "hidden"),
  },
};

export async function run() {
  const rows = selectPeers("safety").map((peer) => ({
    peer,
    /** @type {Record<string, string | number>} */
    cells: {},
  }));
  const tasks = (/** @type {[string, Case][]} */ cases) =>
    cases.flatMap(([name, { seconds, format, aboutRequests }]) =>
      rows.map(({ peer, cells }) => async () => {
        cells[name] =
          aboutRequests && peer.pollsOnly
            ? "up to the caller"
            : format(await measure(WORKER, [peer.name, name, seconds]));
      }),
    );
  const cases = Object.entries(CASES);
  // Most cases are mostly idle. Clients that poll without a pause run separately.
  await runAtMost(6, tasks(cases.filter(([, { busy }]) => !busy)));
  await runAtMost(2, tasks(cases.filter(([, { busy }]) => busy)));

  await report("safety", {
    about:
      "Each case runs in a separate process with a real server. The abort happens while the client sleeps between two polls: for two seconds, if its interval can be set.",
    columns: {
      client: "client",
      ...Object.fromEntries(cases.map(([name, { column }]) => [name, column])),
      remark: "remark",
    },
    rows: rows.map(({ peer, cells }) => ({ client: peer.name, ...cells, remark: peer.remark })),
  });
}
