// @ts-check
// Plots the latest results: lag against requests, and the costs of each client.
import { CLIENTS } from "./peers.mjs";
import { formatInteger, readResult } from "./results.mjs";
import { drawBars, drawPoints } from "./svg.mjs";

/** @typedef {import("./results.mjs").Row} Row */

const OWN = "aiera-chat";
/** A larger value, such as of a client that sleeps for a minute, would take half of the scale. */
const MOST_LAG = 10;

/** @type {Record<string, () => Promise<string>>} the plots by file name */
export const PLOTS = { "lag.svg": plotLag, "costs.svg": plotCosts };

async function plotLag() {
  const [{ rows }, intervals] = await Promise.all([readResult("lag"), readResult("lag-intervals")]);
  const shared = `${OWN}, one client for all`;
  const shown = [OWN, shared, ...CLIENTS.slice(1)].flatMap((name) =>
    rows.filter(({ client, lag }) => client === name && Number(lag) < MOST_LAG),
  );
  const panel = (/** @type {"lag" | "relative"} */ key) => ({
    points: shown.map((row) => ({
      name: String(row.client).replace(" for all", ""),
      own: String(row.client).startsWith(OWN),
      x: Number(row.requests),
      y: Number(row[key]),
    })),
    curve: intervals.rows.map((row) => ({
      name: `${row.interval} s`,
      x: Number(row.requests),
      y: Number(row[key]),
    })),
  });
  return drawPoints({
    title: "Lag and requests of each client",
    description:
      "Mean lag behind the answer against the requests of a session, both on logarithmic scales. A dashed curve joins loops with a fixed interval.",
    xTitle: "requests per session",
    panels: [
      { title: "Lag behind the answer", yTitle: "seconds", ...panel("lag") },
      { title: "Lag relative to the session", yTitle: "% of its duration", ...panel("relative") },
    ],
  });
}

/** @type {[title: string, result: string, value: (row: any) => number, format: (value: number) => string][]} */
const COSTS = [
  ["Size in a bundle, KB after gzip", "size", ({ gzip }) => gzip / 1_000, (n) => n.toFixed(1)],
  ["Start of Node to first answer, ms", "start-node", (row) => row.median, (n) => n.toFixed(0)],
  ["CPU of a poll, hand-written loop = 1", "cost", ({ ratio }) => ratio, (n) => n.toFixed(2)],
  ["Memory of a call, bytes", "scale", ({ bytes }) => bytes, formatInteger],
];

async function plotCosts() {
  const panels = COSTS.map(async ([title, result, valueOf, format]) => {
    const { rows } = await readResult(result);
    const bars = rows
      .filter(({ client }) => CLIENTS.includes(String(client)))
      .map((row) => ({
        name: String(row.client),
        own: row.client === OWN,
        value: valueOf(row),
        text: format(valueOf(row)),
      }))
      .toSorted((a, b) => a.value - b.value);
    return { title, bars };
  });
  return drawBars({
    title: "Costs of each client",
    description:
      "Bundle size, start-up time, CPU time of a poll and memory of a call, for each client.",
    panels: await Promise.all(panels),
  });
}
