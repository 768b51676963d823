// @ts-check
// What each client does where something is wrong. What is wrong is real, on loopback; the clients have their defaults, but for
// the time limit of a request, which is a second where it can be set.
import { measure } from "./lib/apart.mjs";
import { chosen } from "./lib/chosen.mjs";
import { report } from "./lib/report.mjs";

/** @typedef {any} Seen what safety-of.mjs prints */

const seconds = (/** @type {number} */ ms) => `${(ms / 1_000).toFixed(1)} s`;

/** What is tried, and the cell that it makes. @type {Record<string, (seen: Seen) => string | number>} */
const CASES = {
  create: ({ creates }) => creates,
  "create-once": ({ creates }) => creates,
  status: ({ asks, end }) => (end === "goes on" ? asks : `${asks}, ${end}`),
  stall: ({ end, ms, asks }) =>
    end === "goes on" ? "hangs" : asks > 1 ? "asks again" : `ends after ${seconds(ms)}`,
  abort: ({ end, ms, asks }) =>
    end === "goes on"
      ? "no way"
      : `${ms < 100 ? "at once" : `${seconds(ms)} later`}${asks ? ", asks once more" : ""}`,
  redirect: ({ followed, leaked }) =>
    leaked ? "followed, with the key" : followed ? "followed, without the key" : "refused",
  print: ({ end, log, deep, json }) => end ?? (log || deep || json ? "shows the key" : "no key"),
};

const rows = await Promise.all(
  chosen().map(async ({ name, remark }) => {
    /** @type {Record<string, string | number>} */
    const row = { client: name };
    for (const [which, cell] of Object.entries(CASES)) {
      row[which] = cell(await measure("safety-of.mjs", [name, which]));
    }
    return { ...row, remark: remark ?? "" };
  }),
);

await report("safety", {
  about:
    "Each case in a process of its own, on a real server. A signal is aborted while the client sleeps two seconds between two requests.",
  columns: {
    client: "client",
    create: "POSTs on a 503 to a create",
    "create-once": "with its retries off",
    status: "GETs in 3 s on an unknown status",
    stall: "a body that stalls",
    abort: "an abort during a sleep",
    redirect: "a redirect to another origin",
    print: "console.log and JSON of the client",
    remark: "remark",
  },
  rows,
});
