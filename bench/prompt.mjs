// @ts-check
// How late a call ends: after its deadline, and after its signal was aborted, in Node, on a server that never answers.
import { AieraChat } from "../pkg/index.mjs";
import { report } from "./lib/report.mjs";
import { quantile } from "./lib/rounds.mjs";

const CALLS = Number(process.env.BENCH_CALLS ?? 200);
const TIMEOUT_MS = 50;
const never = () => new Promise(() => {});
const chat = new AieraChat({ fetch: /** @type {any} */ (never) });

/** @type {number[]} */
const deadlines = [];
/** @type {number[]} */
const aborts = [];
for (let id = 1; id <= CALLS; id++) {
  const began = performance.now();
  await chat.pollSession(id, { timeoutMs: TIMEOUT_MS }).catch(() => {});
  deadlines.push(performance.now() - began - TIMEOUT_MS);

  const leave = new AbortController();
  const left = chat.pollSession(id, { signal: leave.signal }).catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 5));
  const from = performance.now();
  leave.abort();
  await left;
  aborts.push(performance.now() - from);
}
/** @param {string} what @param {number[]} late */
const row = (what, late) => {
  const [median, most99, most] = [0.5, 0.99, 1].map((share) => quantile(late, share));
  return { what, median, most99, most };
};
await report("prompt", {
  about: `ms late after ${CALLS} calls each, on a server that never answers.`,
  columns: { what: "", median: "median", most99: "99 %", most: "most" },
  rows: [row(`a deadline of ${TIMEOUT_MS} ms`, deadlines), row("an abort", aborts)],
});
