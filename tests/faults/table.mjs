// @ts-check
// What each fault of steps.mjs means to a poll and to a create: the error table of the contract and its behaviours 1 to 3,
// one row a fault. The tests walk through it, in Node and in a page; it knows of neither.

import * as steps from "./steps.mjs";

/**
 * What a poll owes: to take the answer (`ok`); to ask again, and, with its retries used up, to fail with an error like
 * this (`survives`); or to fail with it at once.
 * @typedef {"ok" | ({ survives: boolean } & Failure)} PollOutcome
 *
 * What a create owes: to take the answer; to fail like this after one request; or, where it was surely refused
 * unprocessed, to send it again before it does (`resent`).
 * @typedef {"ok" | ({ resent?: true } & Failure)} CreateOutcome
 *
 * @typedef {{ code: string, status?: number, cause?: string }} Failure `cause` is the code of the error's `cause`
 * @typedef {object} Row
 * @property {string} name
 * @property {() => steps.Step} step
 * @property {PollOutcome} poll
 * @property {CreateOutcome} create
 * @property {boolean} [stalls] only `requestTimeoutMs` ends it
 * @property {boolean} [heavy] keeps a machine busy, so that nothing beside it should count milliseconds
 */

/** @param {Failure} failure @returns {PollOutcome} */
const survives = (failure) => ({ survives: true, ...failure });
/** @param {Failure} failure @returns {PollOutcome} */
const final = (failure) => ({ survives: false, ...failure });
/** @param {string} cause @param {number} [status] @returns {CreateOutcome} */
const unknown = (cause, status) => ({
  code: "create_outcome_unknown",
  cause,
  ...(status === undefined ? {} : { status }),
});

/** @param {string} name @param {() => steps.Step} step @returns {Row} */
const good = (name, step) => ({ name, step, poll: "ok", create: "ok" });

/** @param {string} name @param {() => steps.Step} step @returns {Row} */
const lost = (name, step) => ({
  name,
  step,
  poll: survives({ code: "network" }),
  create: unknown("network"),
});

/** @param {string} name @param {() => steps.Step} step @returns {Row} */
const stalled = (name, step) => ({
  name,
  step,
  stalls: true,
  poll: survives({ code: "network", cause: "timeout" }),
  create: unknown("timeout"),
});

/** @param {string} name @param {() => steps.Step} step @returns {Row} */
const garbled = (name, step) => ({
  name,
  step,
  poll: survives({ code: "decode" }),
  create: unknown("decode"),
});

/**
 * @param {number} status
 * @param {(failure: Failure) => PollOutcome} poll
 * @param {(failure: Failure) => CreateOutcome} create
 * @returns {Row}
 */
const refused = (status, poll, create) => ({
  name: `HTTP ${status}`,
  step: () => steps.status(status),
  poll: poll({ code: "http", status }),
  create: create({ code: "http", status }),
});

/** @param {Failure} failure @returns {CreateOutcome} */
const sentOnce = (failure) => failure;
/** @param {Failure} failure @returns {CreateOutcome} */
const resent = (failure) => ({ ...failure, resent: true });
/** @param {Failure} failure @returns {CreateOutcome} */
const maybeDone = ({ code, status }) => unknown(code, status);

const { ACTIVE } = steps;

/** Answers that are odd, and good. */
const GOOD = [
  ...[200, 201, 202, 203, 206, 226, 299].map((status) =>
    good(`a session with HTTP ${status}`, () => steps.json(ACTIVE, { status })),
  ),
  good("a session as text/plain", () => steps.wrongContentType(ACTIVE)),
  good("a session without a content type", () => steps.noContentType(ACTIVE)),
  good("a BOM before the session", () => steps.withBom(ACTIVE)),
  good("invalid UTF-8 in the session", () => steps.invalidUtf8(ACTIVE)),
  good("duplicate keys", () => steps.duplicateKeys(ACTIVE)),
  { ...good("20 MB", () => steps.hugeBody(ACTIVE)), heavy: true },
  good("10,000 arrays within each other", () => steps.deepNesting(ACTIVE, 10_000)),
  good("gzip", () => steps.gzipped(ACTIVE)),
  good("chunks", () => steps.chunked(ACTIVE)),
  good("a body until the close", () => steps.untilClose(ACTIVE)),
  good("a slow drip", () => steps.drip(ACTIVE)),
  good("early hints", () => steps.earlyHints(steps.json(ACTIVE))),
  good("nothing but an id and a status", () => steps.json({ id: ACTIVE.id, status: "active" })),
  good("fields nobody knows", () => steps.json({ ...ACTIVE, toString: 1, constructor: {}, then: 1 })), // prettier-ignore
];

/** Answers of which nothing, or not all, arrives. */
const LOST = [
  lost("a reset before the headers", steps.resetBeforeHeaders),
  lost("a reset within the headers", steps.resetMidHeaders),
  lost("a reset within the body", steps.resetMidBody),
  lost("a close without an answer", steps.closeWithoutAnswer),
  lost("a close within the headers", steps.closeMidHeaders),
  lost("a close within the body", steps.closeMidBody),
  lost("a close within the chunks", steps.closeMidChunks),
  lost("gzip that is none", steps.falseGzip),
];

/** What is HTTP to a browser, or an error of its own, but lost to Node. */
const LOST_TO_NODE = [
  lost("an upgrade that nobody asked for", steps.unaskedUpgrade),
  lost("a greeting that is not HTTP", steps.notHttp),
  lost("endless headers", steps.endlessHeaders),
];

const STALLED = [
  stalled("a stall before the headers", steps.stallBeforeHeaders),
  stalled("a stall within the headers", steps.stallMidHeaders),
  stalled("a stall within the body", steps.stallMidBody),
  stalled("a drip without end", steps.dripForever),
];

const GARBLED = [
  garbled("truncated JSON", steps.truncatedJson),
  garbled("HTML with 200", steps.html200),
  garbled("an empty 200", () => steps.empty(200)),
  garbled("an empty 202", () => steps.empty(202)),
  garbled("a 204", () => steps.empty(204)),
  garbled("UTF-16", () => steps.utf16(ACTIVE)),
  garbled("100,000 objects without an end", () => steps.unclosedNesting(100_000)),
  ...[
    "null",
    "true",
    "2229",
    '"active"',
    "[]",
    `[${JSON.stringify(ACTIVE)}]`,
    "{}",
    '{"id":2229}',
    '{"status":"active"}',
    '{"id":null,"status":"active"}',
    '{"id":{},"status":"active"}',
    '{"id":2229,"status":null}',
    '{"id":2229,"status":7}',
    '{"id":2229.5,"status":"active"}',
    '{"id":-1,"status":"active"}',
    '{"data":{"id":2229,"status":"active"}}',
    '{"id":2229,"status":"active"} {}',
    '{"error":"try again"}',
    "{'id':2229,'status':'active'}",
    '{"id":2229,"status":"active",}',
  ].map((text) => garbled(text.length < 60 ? text : "a list of sessions", () => steps.text200(text))), // prettier-ignore
  /** @type {Row} */ ({
    name: "another session",
    step: steps.wrongSession,
    poll: survives({ code: "decode" }),
    create: "ok",
  }),
];

/** Where a redirect of the table points, unless a test says otherwise. */
export const ELSEWHERE = "https://elsewhere.invalid/session?of=another";

const REDIRECTS = [301, 302, 303, 307, 308].map(
  (status) =>
    /** @type {Row} */ ({
      name: `HTTP ${status}`,
      step: () => steps.redirect(status, ELSEWHERE),
      poll: final({ code: "redirected", status }),
      create: { code: "redirected", status },
    }),
);

/**
 * Not in it: 407, which `fetch` turns into a lost connection, and 421, after which Node's `fetch` sends a request again of
 * its own accord.
 */
const REFUSED = [
  // prettier-ignore
  ...[300, 304, 305, 306, 400, 401, 402, 403, 404, 405, 406, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 422,
    423, 424, 426, 428, 431, 444, 451, 499, 501, 505].map((status) => refused(status, final, sentOnce)),
  ...[408, 425].map((status) => refused(status, survives, sentOnce)),
  refused(429, survives, resent),
  ...[500, 502, 503, 504].map((status) => refused(status, survives, maybeDone)),
  ...[507, 520, 524, 529, 599].map((status) => refused(status, final, maybeDone)),
];

/** @type {Row[]} */
export const TABLE = [...GOOD, ...LOST, ...STALLED, ...GARBLED, ...REDIRECTS, ...REFUSED];

/** @type {Row[]} */
export const NODE_ONLY = LOST_TO_NODE;

/**
 * The forms of `Retry-After`, each as the headers of a refusal made at `now`, and what they ask for:
 * a pause from `atLeast` to `atMost` milliseconds; `ignored`, which leaves the pause to the backoff; or, within any
 * deadline of a day or less, `never`: the call ends at once and says how long it would have been.
 * @typedef {{ retryAfter?: string, retryAfterMs?: string }} Asked
 * @typedef {{ name: string, asked: (now: number) => Asked, pause: { atLeast: number, atMost: number } | "ignored" | { never: number } }} RetryAfterRow
 */

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** The three forms of an HTTP date. @type {Record<string, (date: Date) => string>} */
const DATES = {
  "an IMF-fixdate": (date) => date.toUTCString(),
  "an RFC 850 date": (date) => {
    const [, day, month, year = "", time] = date.toUTCString().split(/[ ]/);
    return `${DAYS[date.getUTCDay()]}, ${day}-${month}-${year.slice(-2)} ${time} GMT`;
  },
  "an asctime date": (date) => {
    const [weekday = "", day = "", month, year, time] = date.toUTCString().split(" ");
    return `${weekday.slice(0, 3)} ${month} ${day.replace(/^0/, " ")} ${time} ${year}`;
  },
};

/** The next full second that is at least a second away. @param {number} now */
const soon = (now) => new Date(Math.ceil((now + 1_000) / 1_000) * 1_000);

const YEAR_MS = 365 * 86_400_000;

/** @type {RetryAfterRow[]} */
export const RETRY_AFTER = [
  {
    name: "a second",
    asked: () => ({ retryAfter: "1" }),
    pause: { atLeast: 1_000, atMost: 1_900 },
  },
  { name: "spaces", asked: () => ({ retryAfter: "  1  " }), pause: { atLeast: 1_000, atMost: 1_900 } }, // prettier-ignore
  { name: "retry-after-ms", asked: () => ({ retryAfterMs: "250" }), pause: { atLeast: 250, atMost: 1_900 } }, // prettier-ignore
  { name: "both, of which milliseconds are the finer", asked: () => ({ retryAfter: "1", retryAfterMs: "250" }), pause: { atLeast: 250, atMost: 1_900 } }, // prettier-ignore
  ...Object.entries(DATES).map(([name, format]) => ({
    name,
    asked: (/** @type {number} */ now) => ({ retryAfter: format(soon(now)) }),
    // One second lies between now and the date, or two. Servers' and clients' clocks are one here.
    pause: { atLeast: 950, atMost: 2_900 },
  })),
  ...Object.entries(DATES).map(([name, format]) => ({
    name: `${name} that has passed`,
    asked: () => ({ retryAfter: format(new Date(784_111_777_000)) }),
    pause: /** @type {const} */ ("ignored"),
  })),
  ...["0", "-5", "-1e9", "soon", "", "NaN", "Infinity", "0x10", "1, 2", "1 second", "Mon, 99 Foo 2026 99:99:99 GMT", "%31", "\u00bd"] // prettier-ignore
    .map((retryAfter) => ({
      name: JSON.stringify(retryAfter),
      asked: () => ({ retryAfter }),
      pause: /** @type {const} */ ("ignored"),
    })),
  ...["-5", "soon", ""].map((retryAfterMs) => ({
    name: `retry-after-ms ${JSON.stringify(retryAfterMs)}`,
    asked: () => ({ retryAfterMs }),
    pause: /** @type {const} */ ("ignored"),
  })),
  { name: "a month", asked: () => ({ retryAfter: "2592000" }), pause: { never: 30 * 86_400_000 } },
  { name: "more than a timer holds", asked: () => ({ retryAfterMs: "2147483648" }), pause: { never: 2 ** 31 } }, // prettier-ignore
  { name: "a year", asked: () => ({ retryAfter: "31536000" }), pause: { never: YEAR_MS } },
  { name: "3,000 years", asked: () => ({ retryAfter: "99999999999" }), pause: { never: 99_999_999_999_000 } }, // prettier-ignore
  {
    name: "a date in 2199",
    asked: () => ({ retryAfter: "Tue, 31 Dec 2199 23:59:59 GMT" }),
    pause: { never: Date.UTC(2199, 11, 31, 23, 59, 59) - Date.now() },
  },
];
