// @ts-check
// Measures the delay of a rejection after a deadline and after an abort, in Node, with a server that never responds.
import { AieraChat } from "../../pkg/index.mjs";
import { report } from "../lib/results.mjs";
import { quantile } from "../lib/rounds.mjs";

const CALLS = Number(process.env.BENCH_CALLS ?? 200);
const TIMEOUT_MS = 50;
const ABORT_AFTER_MS = 5;

export async function run() {
  const fetch = /** @type {any} */ (() => new Promise(() => {}));
  const chat = new AieraChat({ fetch });
  const deadlines = [];
  const aborts = [];
  for (let id = 1; id <= CALLS; id++) {
    deadlines.push(await afterDeadline(chat, id));
    aborts.push(await afterAbort(chat, id));
  }
  await report("cancellation", {
    about: `Delay of the rejection, in ms. ${CALLS} calls each, with a server that never responds.`,
    columns: { cause: "", median: "median", most99: "99 %", most: "most" },
    rows: [summarize(`deadline of ${TIMEOUT_MS} ms`, deadlines), summarize("abort", aborts)],
  });
}

/** @param {AieraChat} chat @param {number} id */
async function afterDeadline(chat, id) {
  const start = performance.now();
  await chat.pollSession(id, { timeoutMs: TIMEOUT_MS }).catch(() => {});
  return performance.now() - start - TIMEOUT_MS;
}

/** @param {AieraChat} chat @param {number} id */
async function afterAbort(chat, id) {
  const controller = new AbortController();
  const call = chat.pollSession(id, { signal: controller.signal }).catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, ABORT_AFTER_MS));
  const start = performance.now();
  controller.abort();
  await call;
  return performance.now() - start;
}

/** @param {string} cause @param {number[]} delays */
function summarize(cause, delays) {
  const [median, most99, most] = [0.5, 0.99, 1].map((share) => quantile(delays, share));
  return { cause, median, most99, most };
}
