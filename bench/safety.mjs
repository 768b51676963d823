// @ts-check
// What each client does where something is wrong. What is wrong is real, on loopback; the clients have their defaults, but for
// the time limit of a request, which is a second where it can be set; and their best settings, where there are any.
import { measure } from "./lib/apart.mjs";
import { chosen } from "./lib/chosen.mjs";
import { atMost } from "./lib/pool.mjs";
import { report } from "./lib/report.mjs";

/** @typedef {any} Seen what safety-of.mjs prints */
/**
 * @typedef {object} Case
 * @property {number} watched for so many seconds
 * @property {string} column
 * @property {(seen: Seen) => string | number} cell
 * @property {boolean} [request] it is about requests, which are the caller's where a peer waits alone
 * @property {boolean} [busy] some clients keep the machine busy with it
 */

const seconds = (/** @type {number} */ ms) => `${(ms / 1_000).toFixed(1)} s`;
const when = (/** @type {number} */ ms) => (ms < 100 ? "at once" : `${seconds(ms)} later`);
const posts = (/** @type {Seen} */ { creates, end }) =>
  end === "goes on" ? `${creates}, goes on` : creates;
// Who repeats a create most patiently has done so by then.
const CREATE = { watched: 12, cell: posts, request: true };

/** @type {Record<string, Case>} */
const CASES = {
  create: { ...CREATE, column: `POSTs in ${CREATE.watched} s on a 503 to a create` },
  "create-once": { ...CREATE, column: "with its retries off" },
  reset: { ...CREATE, column: "on a reset connection" },
  limited: { ...CREATE, column: "on a 429" },
  status: {
    // The one with the slowest first poll sleeps 7.5 s before it.
    watched: 10,
    busy: true,
    column: "GETs in 10 s on an unknown status",
    cell: ({ asks, end }) => (end === "goes on" ? asks : `${asks}, ${end}`),
  },
  stall: {
    watched: 6,
    request: true,
    column: "a body that stalls",
    cell: ({ end, ms, asks }) =>
      end === "goes on" ? "over 6 s" : asks > 1 ? "asks again" : `ends after ${seconds(ms)}`,
  },
  abort: {
    watched: 10,
    column: "an abort during a sleep",
    cell({ end, ms, asks }) {
      if (end === "goes on") return "no way";
      const again = asks ? ", asks once more" : "";
      // Nothing is ever finished there.
      return `${when(ms)}${again}${end === "resolved" ? ", gives the unfinished one" : ""}`;
    },
  },
  redirect: {
    watched: 3,
    request: true,
    column: "a redirect to another origin",
    cell: ({ followed, leaked }) =>
      leaked ? "followed, with the key" : followed ? "followed, without the key" : "refused",
  },
  print: {
    watched: 1,
    column: "console.log and JSON of the client",
    cell: ({ end, log, deep, json }) => end ?? (log || deep || json ? "shows the key" : "no key"),
  },
};

const rows = chosen("safety").map((peer) => ({
  peer,
  /** @type {Record<string, string | number>} */
  cells: {},
}));
/** Of all clients, those cases. @param {[string, Case][]} cases */
const jobs = (cases) =>
  cases.flatMap(([which, { watched, cell, request }]) =>
    rows.map(({ peer, cells }) => async () => {
      cells[which] =
        request && peer.waitsAlone
          ? "the caller's"
          : cell(await measure("safety-of.mjs", [peer.name, which, watched]));
    }),
  );
const cases = Object.entries(CASES);
// Most of it is waiting. A client that asks without a pause must not be another one's delay.
await atMost(6, jobs(cases.filter(([, { busy }]) => !busy)));
await atMost(2, jobs(cases.filter(([, { busy }]) => busy)));

await report("safety", {
  about:
    "Each case in a process of its own, on a real server. A signal is aborted while the client sleeps between two requests: two seconds, where its interval can be set.",
  columns: {
    client: "client",
    ...Object.fromEntries(cases.map(([which, { column }]) => [which, column])),
    remark: "remark",
  },
  rows: rows.map(({ peer, cells }) => ({ client: peer.name, ...cells, remark: peer.remark })),
});
