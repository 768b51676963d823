// @ts-check
// The package's errors in words, with their fields. Which error it is was decided by the package.
import { el, seconds } from "./dom.js";
import { statusInWords } from "./statuses.js";

/** @typedef {import("aiera-chat").AieraChatError} AieraChatError */

/** @type {Record<import("aiera-chat").AieraChatErrorCode, [title: string, advice: string]>} */
const WORDS = {
  invalid_argument: [
    "The call was not made as it must be",
    "Nothing was sent. The message names the argument; correct it and ask again.",
  ],
  key_unavailable: [
    "There was no API key",
    "The function that is asked for the key gave none. Nothing was sent.",
  ],
  aborted: [
    "Cancelled",
    "The wait ended at once. The session goes on at the service and can be reopened.",
  ],
  timeout: [
    "The answer took too long",
    "The time for the whole wait is used up. The session is not lost: go on waiting, or come back later.",
  ],
  network: [
    "The connection was lost",
    "The retries are used up. The session is not lost: go on waiting when the network is back.",
  ],
  http: ["The service refused", "This ends the wait; the message says why, and how to go on."],
  redirected: [
    "The service sent us elsewhere",
    "A redirect is never followed, since the key would go with it. Check the base URL.",
  ],
  decode: [
    "The answer was not a session",
    "Something between here and the service answered instead. The session is not lost.",
  ],
  session_failed: [
    "The service could not answer",
    "The session ended without an answer. Ask again, perhaps in other words.",
  ],
  create_outcome_unknown: [
    "It is unknown whether the session was created",
    "The request may have arrived, so it is not sent again: a second session would be paid for twice.",
  ],
  wasm_unavailable: [
    "WebAssembly is not available",
    "The module could not be loaded. The message says what forbids or lacks it.",
  ],
};

/** Errors after which the session goes on at the service. */
const NOT_LOST = new Set(["aborted", "timeout", "network", "http", "redirected", "decode"]);

/** @param {any} error */
export function isPackageError(error) {
  return typeof error?.code === "string" && Object.hasOwn(WORDS, error.code);
}

/** @param {any} error */
export function canWaitAgain(error) {
  return NOT_LOST.has(error?.code) && typeof error.sessionId === "number";
}

/** @param {any} error */
export function titleOf(error) {
  return isPackageError(error) ? wordsOf(error.code)[0] : "Something went wrong";
}

/** @param {import("aiera-chat").AieraChatErrorCode} code */
const wordsOf = (code) => WORDS[code];

/**
 * @param {any} error
 * @param {Node[]} actions
 */
export function errorView(error, actions) {
  const known = isPackageError(error);
  const advice = known ? wordsOf(error.code)[1] : "";
  const aborted = error?.code === "aborted";
  return el(
    "div",
    { class: aborted ? "error error-mild" : "error" },
    el("h3", {}, titleOf(error)),
    el("p", {}, advice),
    el("p", { class: "error-message" }, String(error?.message ?? error)),
    el("div", { class: "row" }, ...actions),
    known && fieldList(error),
  );
}

/** @param {AieraChatError} error */
function fieldList(error) {
  const { cause } = /** @type {any} */ (error);
  /** @type {[string, unknown][]} */
  const fields = [
    ["code", error.code],
    ["name", error.name],
    ["status", error.status],
    ["retryAfterMs", inSeconds(error.retryAfterMs)],
    ["requestId", error.requestId],
    ["sessionId", error.sessionId],
    ["lastSession.status", error.lastSession?.status],
    ["attempts", error.attempts],
    ["elapsedMs", inSeconds(error.elapsedMs)],
    ["cause", cause === undefined ? undefined : inShort(cause)],
    ["body", error.body],
  ];
  const shown = fields.filter(([, value]) => value !== undefined);
  return el(
    "dl",
    { class: "fields" },
    ...shown.flatMap(([name, value]) => [
      el("dt", {}, name),
      el("dd", { class: name === "body" ? "body" : undefined }, String(value)),
    ]),
  );
}

/** @param {number | undefined} ms */
const inSeconds = (ms) => (ms === undefined ? undefined : `${Math.round(ms)} (${seconds(ms)})`);

/** @param {any} cause */
function inShort(cause) {
  const code = cause?.code ? `${cause.code}: ` : "";
  return code + String(cause?.message ?? cause);
}

/**
 * What a poll met, in a few words.
 * @param {import("aiera-chat").PollEvent} event
 */
export function pollInWords({ httpStatus, sessionStatus, error }) {
  const http = httpStatus === undefined ? "no answer" : `HTTP ${httpStatus}`;
  if (sessionStatus !== undefined) return `${http}, ${statusInWords(sessionStatus).toLowerCase()}`;
  return error ? `${http}, ${titleOf(error).toLowerCase()}` : http;
}
