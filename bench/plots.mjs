// @ts-check
// Plots of what was measured, beside the numbers in results/: lag against requests, and what a client costs.
import { writeFile } from "node:fs/promises";
import { CLIENTS } from "./lib/peers.mjs";
import { bars, points } from "./lib/draw.mjs";
import { resultOf, results } from "./lib/report.mjs";

/** @typedef {import("./lib/report.mjs").Row} Row */

async function lag() {
  const [{ rows }, intervals] = await Promise.all([resultOf("lag"), resultOf("lag-intervals")]);
  const named = ["aiera-chat", "aiera-chat, one client for all", ...CLIENTS.slice(1)];
  const shown = named.flatMap((name) => rows.filter(({ client }) => client === name));
  /** @type {(row: Row, name: string, y: string) => [string, number, number]} */
  const point = (row, name, y) => [name, Number(row.requests), Number(row[y])];
  const panel = (/** @type {"lag" | "relative"} */ y) => ({
    points: shown
      // A minute's sleep would take half of the scale.
      .filter((row) => Number(row.lag) < 10)
      .map((row) => point(row, String(row.client).replace(" for all", ""), y)),
    line: intervals.rows.map((row) => point(row, `${row.interval} s`, y)),
  });
  return points("requests a session", [
    { title: "Lag behind the answer", y: "seconds", ...panel("lag") },
    { title: "Lag, as a share of the wait", y: "% of the wait", ...panel("relative") },
  ]);
}

/** @type {[title: string, question: string, value: (row: any) => number, digits: number][]} */
const COSTS = [
  ["Size in a bundle, KB gzip", "size", ({ gzip }) => gzip / 1_000, 1],
  ["From Node's start to the first answer, ms", "start-node", ({ median }) => median, 0],
  ["CPU of a poll, hand-written loop = 1", "cost", ({ ratio }) => ratio, 2],
  ["Memory of a wait, bytes", "scale", ({ bytes }) => bytes, 0],
];

async function costs() {
  const panels = COSTS.map(async ([title, question, value, digits]) => {
    const { rows } = await resultOf(question);
    /** @type {[string, number, string][]} */
    const all = rows
      .filter(({ client }) => CLIENTS.includes(String(client)))
      .map((row) => [String(row.client), value(row), value(row).toFixed(digits)]);
    return { title, bars: all.sort(([, a], [, b]) => a - b) };
  });
  return bars(await Promise.all(panels));
}

await writeFile(results("lag.svg"), await lag());
await writeFile(results("costs.svg"), await costs());
