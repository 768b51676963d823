// @ts-check
// How late a call ends: after its deadline, and after its signal was aborted, in Node, on a server that never answers.
import { AieraChat } from "../pkg/index.mjs";
import { quantile } from "./lib/rounds.mjs";

const CALLS = 200;
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
console.log("\n| ms late | median | 99 % | most |\n| --- | --- | --- | --- |");
for (const [what, numbers] of Object.entries({ deadline: deadlines, abort: aborts })) {
  const row = [0.5, 0.99, 1].map((share) => quantile(numbers, share).toFixed(2));
  console.log(`| ${what} | ${row.join(" | ")} |`);
}
