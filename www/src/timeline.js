// @ts-check
// The polls of an exchange, one per row: the outcome, and the length and reason of the pause after it. The error is last.
import { el, seconds } from "./dom.js";

/** @typedef {import("aiera-chat").AieraChatError} AieraChatError */
/** @typedef {import("aiera-chat").PollEvent} PollEvent */

/** The pause that fills the bar. */
const FULL_BAR_MS = 5000;

/** @type {Record<PollEvent["reason"], string>} */
const REASONS = {
  interval: "on schedule",
  backoff: "backoff after a failure",
  "retry-after": "Retry-After",
  hidden: "when the page is visible",
  offline: "when the browser is online",
  done: "",
};

/**
 * @param {PollEvent} event
 * @param {number} number  from 1
 */
export function pollView(event, number) {
  const { elapsedMs, error, nextDelayMs, reason } = event;
  return el(
    "li",
    { class: error ? "poll poll-failed" : "poll" },
    el("span", { class: "poll-number" }, String(number)),
    el("span", { class: "poll-outcome" }, outcomeOf(event)),
    el("span", { class: "poll-time" }, seconds(elapsedMs)),
    el("span", { class: "poll-pause" }, pauseOf(event)),
    nextDelayMs === undefined ? null : pauseBar(nextDelayMs, reason),
  );
}

/** @param {PollEvent} event */
function outcomeOf({ httpStatus, sessionStatus, error }) {
  const http = httpStatus === undefined ? "No response" : `HTTP ${httpStatus}`;
  const outcome = sessionStatus ?? error?.code;
  return outcome ? `${http} · ${outcome}` : http;
}

/** @param {PollEvent} event */
function pauseOf({ nextDelayMs, reason, error }) {
  if (reason === "done") return error ? "Ends the call" : "Finished";
  if (nextDelayMs === undefined) return `Next poll: ${REASONS[reason]}`;
  return `Next poll in ${seconds(nextDelayMs)}: ${REASONS[reason]}`;
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

/** @param {AieraChatError} error */
export function errorView(error) {
  const { lastSession, cause } = error;
  /** @type {[string, unknown][]} */
  const fields = [
    ["code", error.code],
    ["name", error.name],
    ["message", error.message],
    ["status", error.status],
    ["retryAfterMs", error.retryAfterMs],
    ["requestId", error.requestId],
    ["sessionId", error.sessionId],
    ["lastSession.status", lastSession?.status],
    ["attempts", error.attempts],
    ["elapsedMs", error.elapsedMs === undefined ? undefined : Math.round(error.elapsedMs)],
    ["retryable", error.retryable],
    ["cause", cause === undefined ? undefined : messageOf(cause)],
  ];
  return el(
    "section",
    { class: "error-details" },
    el("h3", {}, "AieraChatError"),
    el(
      "dl",
      {},
      ...fields
        .filter(([, value]) => value !== undefined && value !== null)
        .flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, String(value))]),
    ),
  );
}

/** @param {any} cause */
function messageOf(cause) {
  const code = cause?.code ? `${cause.code}: ` : "";
  return code + String(cause?.message ?? cause);
}
