// @ts-check
// What each problem of the core is to the caller: the `code` of the contract's table, and the words of the message, which say
// what happened and what to do, as the server said it where it did.
import { AieraChatError } from "./errors.js";

/** @typedef {import("./exchange.js").Answer} Answer */
/** @typedef {import("../index.js").AieraChatErrorCode} Code */
/** @typedef {(answer: Answer, ms: number, cause?: Error) => string} Words */

const GOES_ON = " The session goes on: poll it again to get its answer.";

/**
 * A sentence from parts of which the last may be foreign.
 * @param {string} text
 */
const sentence = (text) => (/[.!?…]$/.test(text) ? text : text + ".");

/** @param {Answer} answer */
const answered = ({ status }) => `HTTP ${status || "redirect"}`;

/** @param {string} option */
const noAnswerWithin = (option) => (/** @type {unknown} */ _, /** @type {number} */ ms) =>
  `No complete answer within ${option} (${ms} ms).`;

const inRequestTime = /* @__PURE__ */ noAnswerWithin("requestTimeoutMs");
const inTime = /* @__PURE__ */ noAnswerWithin("timeoutMs");

/** @param {Error | undefined} cause */
const lastAnswer = (cause) => (cause ? " The last answer: " + cause.message : "");

/** @param {string} why */
const notTheSession = (why) => (/** @type {Answer} */ answer) =>
  `${answered(answer)}, but not with the session: ${why || answer.why}.`;

/** The place of a call that was aborted before anything was sent. */
export const ABORTED = 1;

/**
 * In the order of `Problem` in `src/core/failure.rs`.
 * @type {[Code, Words][]}
 */
const PROBLEMS = [
  [
    "key_unavailable",
    () =>
      "The apiKey function gave no key: it must give a string that is not blank and can stand in a header, or a promise of one.",
  ],
  ["aborted", () => "The call was aborted by its signal; nothing was sent."],
  [
    "aborted",
    () => "The create was aborted by its signal; the session may have been created all the same.",
  ],
  [
    "aborted",
    () => "The wait was aborted by its signal; the session goes on: it can be polled again.",
  ],
  ["timeout", inRequestTime],
  ["network", inRequestTime],
  [
    "network",
    (answer) =>
      sentence(
        (answer.status
          ? answered(answer) + ", but the answer was lost on the way"
          : "No answer from the server") + (answer.words ? ": " + answer.words : ""),
      ),
  ],
  [
    "http",
    (answer) =>
      sentence(answered(answer) + ": " + (answer.words ?? "the server gave no reason")) +
      (ADVICE.find(([codes]) => codes.test(String(answer.status)))?.[1] ?? ""),
  ],
  [
    "redirected",
    (answer) =>
      `${answered(answer)}: the server points to ${answer.location || "another address"}. ` +
      "Redirects are not followed, since the key would go along; set baseUrl to where the API is.",
  ],
  ["decode", /* @__PURE__ */ notTheSession("")],
  ["decode", /* @__PURE__ */ notTheSession("it is another session")],
  [
    "session_failed",
    ({ state }) =>
      `The session ended as ${state}: ` +
      (state === "deleted"
        ? "it was deleted."
        : state === "finding_sources_error"
          ? "the service failed to find sources for the prompt; ask again, or with other sources."
          : "the service failed to generate the response; ask again."),
  ],
  ["http", (_, ms) => `The server asks to wait ${ms} ms, which is past timeoutMs.` + GOES_ON],
  [
    "timeout",
    (answer, ms, cause) => inTime(answer, ms) + " Nothing was created." + lastAnswer(cause),
  ],
  ["timeout", inTime],
  ["timeout", (answer, ms, cause) => inTime(answer, ms) + lastAnswer(cause) + GOES_ON],
  [
    "create_outcome_unknown",
    (_answer, _ms, cause) =>
      "The session may or may not have been created, so the request was not sent again. " +
      cause?.message +
      " Look for the session before you ask again: a second create makes a second session.",
  ],
];

/**
 * What to do about a final status.
 * @type {[RegExp, string][]}
 */
const ADVICE = [
  [/40[13]/, " Check the API key: a missing or wrong one is answered with 401 or 403."],
  [/404/, " Check the session's id, and that baseUrl is the API's."],
  [/405/, " Check that baseUrl is the API's."],
  [/429/, " Ask less often, or later."],
  [/^5/, " Try again later."],
];

/**
 * The error that a failure of the core comes to.
 * @param {number} key the session's id; not from 1 for a create
 * @param {[problem: number, ms: number, attempts: number, elapsed: number]} facts the last two NaN for what was behind it
 * @param {Partial<Answer> | undefined} answer the one that decided
 * @param {unknown} [lastSession]
 * @param {Error} [behind]
 */
export function problemError(
  key,
  [problem, ms, attempts, elapsedMs],
  answer = {},
  lastSession,
  behind,
) {
  const [code, words] = PROBLEMS[problem];
  const { retryAfter: retryAfterMs, requestId, body } = answer;
  // A session's own answer says nothing of an error.
  const status = code === "session_failed" ? undefined : answer.status || undefined;
  /** @type {Record<string, unknown>} */
  const fields = { status, retryAfterMs, requestId, body, lastSession };
  if (attempts >= 0)
    Object.assign(fields, { attempts, elapsedMs, sessionId: key > 0 ? key : undefined });
  if (behind || "cause" in answer) fields.cause = behind ?? answer.cause;
  return new AieraChatError(code, words(/** @type {Answer} */ (answer), ms, behind), fields);
}
