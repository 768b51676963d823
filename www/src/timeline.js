// @ts-check
// The polls of a run, one a row: what came, and how long the pause after it is and why.
import { el, seconds } from "./dom.js";
import { pollInWords } from "./errors.js";
import { REASONS } from "./statuses.js";

/** The length of pause that fills the bar. */
const FULL_BAR_MS = 5000;

/** @param {import("aiera-chat").PollEvent} event */
export function pollView(event) {
  const { attempt, elapsedMs, error, nextDelayMs, reason } = event;
  return el(
    "li",
    { class: error ? "poll poll-failed" : "poll" },
    el("span", { class: "poll-number" }, `#${attempt}`),
    el("span", { class: "poll-time" }, seconds(elapsedMs)),
    el("span", { class: "poll-what" }, pollInWords(event)),
    el("span", { class: "poll-pause" }, pauseInWords(event)),
    nextDelayMs === undefined ? null : pauseBar(nextDelayMs, reason),
  );
}

/** @param {import("aiera-chat").PollEvent} event */
export function pauseInWords({ nextDelayMs, reason }) {
  if (reason === "done") return REASONS.done;
  if (nextDelayMs === undefined) return `waits: ${REASONS[reason]}`;
  return `then ${seconds(nextDelayMs)}: ${REASONS[reason]}`;
}

/**
 * @param {number} ms
 * @param {string} reason
 */
function pauseBar(ms, reason) {
  const bar = el("span", { class: `poll-bar poll-bar-${reason}`, "aria-hidden": "true" });
  bar.style.setProperty("inline-size", `${Math.min(100, (100 * ms) / FULL_BAR_MS)}%`);
  return bar;
}
