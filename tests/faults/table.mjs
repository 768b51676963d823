// @ts-check
// The table of faults: the right outcome of each response of steps.mjs. The tests apply it to every operation in Node, and
// to some in a page. Rules: 1, 2, 3.

import * as steps from "./steps.mjs";

/**
 * The result of a repeatable operation: it accepts the response (`ok`); or it retries, and fails with this error when its
 * retries are used up (`survives`); or it fails with this error at once.
 * @typedef {"ok" | ({ survives: boolean } & Failure)} RepeatedOutcome
 *
 * The result of an operation that is sent once: it accepts the response; or it fails with this error after one request; or
 * it retries before it fails, if the request was certainly refused unprocessed (`resent`).
 * @typedef {"ok" | ({ resent?: true } & Failure)} OnceOutcome
 *
 * @typedef {{ code: string, status?: number, cause?: string }} Failure `cause` is the code of the error's `cause`; the code
 * `"outcome_unknown"` means that of the operation
 * @typedef {import("../support/operations.mjs").Payload} Payload
 * @typedef {object} Sample a payload of one kind
 * @property {any} full with all documented fields
 * @property {any} least with only the required fields
 *
 * @typedef {object} Row
 * @property {string} name
 * @property {(sample: Sample) => steps.Step} step
 * @property {RepeatedOutcome} repeated
 * @property {OnceOutcome} once
 * @property {Payload[]} [acceptedAs] the payloads as which the body is accepted, despite the outcomes above
 * @property {boolean} [stalls] only `requestTimeoutMs` ends the exchange
 * @property {boolean} [heavy] keeps the machine busy, so that no concurrent test should measure milliseconds
 */

/** @type {Record<Payload, Sample>} */
export const SAMPLES = {
  session: { full: steps.ACTIVE, least: { id: steps.SESSION_ID, status: "active" } },
  message: { full: steps.PROMPT, least: { id: steps.PROMPT.id } },
  page: { full: steps.PAGE, least: { data: [] } },
  confirmation: { full: steps.CONFIRMATION, least: {} },
};

/** The sample of a poll's and a create's payload. */
export const SESSION = SAMPLES.session;

/** @param {Failure} failure @returns {RepeatedOutcome} */
const survives = (failure) => ({ survives: true, ...failure });
/** @param {Failure} failure @returns {RepeatedOutcome} */
const final = (failure) => ({ survives: false, ...failure });
/** @param {string} cause @param {number} [status] @returns {OnceOutcome} */
const unknown = (cause, status) => ({
  code: "outcome_unknown",
  cause,
  ...(status === undefined ? {} : { status }),
});

/** @param {string} name @param {Row["step"]} step @returns {Row} */
const good = (name, step) => ({ name, step, repeated: "ok", once: "ok" });

/** @param {string} name @param {Row["step"]} step @returns {Row} */
const lost = (name, step) => ({
  name,
  step,
  repeated: survives({ code: "network" }),
  once: unknown("network"),
});

/** @param {string} name @param {Row["step"]} step @returns {Row} */
const stalled = (name, step) => ({
  name,
  step,
  stalls: true,
  repeated: survives({ code: "network", cause: "timeout" }),
  once: unknown("timeout"),
});

/** @param {string} name @param {Row["step"]} step @param {Payload[]} [acceptedAs] @returns {Row} */
const garbled = (name, step, acceptedAs = []) => ({
  name,
  step,
  acceptedAs,
  repeated: survives({ code: "decode" }),
  once: unknown("decode"),
});

/**
 * @param {number} status
 * @param {(failure: Failure) => RepeatedOutcome} repeated
 * @param {(failure: Failure) => OnceOutcome} once
 * @returns {Row}
 */
const refused = (status, repeated, once) => ({
  name: `HTTP ${status}`,
  step: () => steps.status(status),
  repeated: repeated({ code: "http", status }),
  once: once({ code: "http", status }),
});

/** @param {Failure} failure @returns {OnceOutcome} */
const sentOnce = (failure) => failure;
/** @param {Failure} failure @returns {OnceOutcome} */
const resent = (failure) => ({ ...failure, resent: true });
/** @param {Failure} failure @returns {OnceOutcome} */
const maybeDone = ({ code, status }) => unknown(code, status);

/** Good responses, some of them unusual. */
const GOOD = [
  ...[200, 201, 202, 203, 206, 226, 299].map((status) =>
    good(`the payload with HTTP ${status}`, ({ full }) => steps.json(full, { status })),
  ),
  good("the payload as text/plain", ({ full }) => steps.wrongContentType(full)),
  good("the payload without a content type", ({ full }) => steps.noContentType(full)),
  good("a byte order mark before the payload", ({ full }) => steps.withBom(full)),
  good("invalid UTF-8 in the payload", ({ full }) => steps.invalidUtf8(full)),
  good("duplicate keys", ({ full }) => steps.duplicateKeys(full)),
  { ...good("20 MB", ({ full }) => steps.hugeBody(full)), heavy: true },
  good("10,000 nested arrays", ({ full }) => steps.deepNesting(full, 10_000)),
  good("gzip", ({ full }) => steps.gzipped(full)),
  good("chunks", ({ full }) => steps.chunked(full)),
  good("a body until the close", ({ full }) => steps.untilClose(full)),
  good("a slow drip", ({ full }) => steps.drip(full)),
  good("early hints", ({ full }) => steps.earlyHints(steps.json(full))),
  good("only the required fields", ({ least }) => steps.json(least)),
  good("unknown fields", ({ full }) =>
    steps.json({ ...full, toString: 1, constructor: {}, then: 1 }),
  ),
];

/** Responses that do not arrive, or not completely. */
const LOST = [
  lost("a reset before the headers", steps.resetBeforeHeaders),
  lost("a reset within the headers", steps.resetMidHeaders),
  lost("a reset within the body", ({ full }) => steps.resetMidBody(full)),
  lost("a close without a response", steps.closeWithoutResponse),
  lost("a close within the headers", steps.closeMidHeaders),
  lost("a close within the body", ({ full }) => steps.closeMidBody(full)),
  lost("a close within the chunks", ({ full }) => steps.closeMidChunks(full)),
  lost("false gzip", ({ full }) => steps.falseGzip(full)),
];

/** Responses that are lost in Node, but are HTTP or other errors in a browser. */
const LOST_TO_NODE = [
  lost("an upgrade without a request for one", steps.unrequestedUpgrade),
  lost("a greeting that is not HTTP", steps.notHttp),
  lost("endless headers", steps.endlessHeaders),
];

const STALLED = [
  stalled("a stall before the headers", steps.stallBeforeHeaders),
  stalled("a stall within the headers", steps.stallMidHeaders),
  stalled("a stall within the body", ({ full }) => steps.stallMidBody(full)),
  stalled("a drip without end", steps.dripForever),
];

/** Bodies of complete responses, and the payloads as which they are accepted. @type {[string, Payload[]?][]} */
const BODIES = [
  ["null"],
  ["true"],
  ["2229"],
  ['"active"'],
  ["[]"],
  [`[${JSON.stringify(steps.ACTIVE)}]`],
  ["{}", ["confirmation"]],
  ['{"id":2229}', ["message", "confirmation"]],
  ['{"status":"active"}', ["confirmation"]],
  ['{"id":null,"status":"active"}', ["confirmation"]],
  ['{"id":{},"status":"active"}', ["confirmation"]],
  ['{"id":2229,"status":null}', ["message", "confirmation"]],
  ['{"id":2229,"status":7}', ["message", "confirmation"]],
  ['{"id":2229.5,"status":"active"}', ["confirmation"]],
  ['{"id":-1,"status":"active"}', ["confirmation"]],
  ['{"id":9007199254740993,"status":"active"}', ["confirmation"]],
  ['{"data":{"id":2229,"status":"active"}}', ["confirmation"]],
  ['{"data":null}', ["confirmation"]],
  ['{"success":false}'],
  ['{"error":"try again"}', ["confirmation"]],
  ['{"id":2229,"status":"active"} {}'],
  ["{'id':2229,'status':'active'}"],
  ['{"id":2229,"status":"active",}'],
];

const GARBLED = [
  garbled("truncated JSON", ({ full }) => steps.truncatedJson(full)),
  garbled("HTML with 200", steps.html200),
  garbled("an empty 200", () => steps.empty(200), ["confirmation"]),
  garbled("an empty 202", () => steps.empty(202), ["confirmation"]),
  garbled("a 204", () => steps.empty(204), ["confirmation"]),
  garbled("UTF-16", ({ full }) => steps.utf16(full)),
  garbled("100,000 objects without an end", () => steps.unclosedNesting(100_000)),
  ...BODIES.map(([text, acceptedAs]) =>
    garbled(text.length < 60 ? text : "a list of sessions", () => steps.text200(text), acceptedAs),
  ),
];

/** For operations with a session's id. */
export const OTHER_SESSION = garbled("another session", steps.otherSession);

/** The default target of the redirects in the table. */
export const ELSEWHERE = "https://elsewhere.invalid/session?of=another";

const REDIRECTS = [301, 302, 303, 307, 308].map(
  (status) =>
    /** @type {Row} */ ({
      name: `HTTP ${status}`,
      step: () => steps.redirect(status, ELSEWHERE),
      repeated: final({ code: "redirected", status }),
      once: { code: "redirected", status },
    }),
);

/**
 * Without 407, which `fetch` turns into a lost connection, and 421, after which Node's `fetch` resends a request.
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
 * The outcome of an operation after the fault of a row.
 * @param {Row} row
 * @param {import("../support/operations.mjs").Operation} operation
 * @returns {"ok" | ({ survives: boolean, resent: boolean } & Failure)}
 */
export function outcomeOf(row, { payload, unknown }) {
  const outcome = unknown ? row.once : row.repeated;
  if (row.acceptedAs?.includes(payload) || outcome === "ok") return "ok";
  const code = outcome.code === "outcome_unknown" && unknown ? unknown : outcome.code;
  return { survives: false, resent: false, ...outcome, code };
}

/**
 * The forms of `Retry-After`: the headers of a refusal at the time `now`, and the pause that they ask for. Without a pause,
 * the backoff applies; a pause of a month or more is past every deadline.
 * @typedef {{ retryAfter?: string, retryAfterMs?: string, headers?: [string, string][] }} RetryAfterHeaders
 * @typedef {{ name: string, headers: (now: number) => RetryAfterHeaders, pauseMs: number | undefined }} RetryAfterRow
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

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;

/** A date in `ms` on the clock of the server, which is a day ahead. @param {number} now @param {number} ms */
const dates = (now, ms) => {
  const server = Math.floor(now / SECOND_MS) * SECOND_MS + DAY_MS;
  return { date: new Date(server).toUTCString(), later: new Date(server + ms) };
};

/** @type {RetryAfterRow[]} */
export const RETRY_AFTER = [
  { name: "a second", headers: () => ({ retryAfter: "1" }), pauseMs: 1_000 },
  { name: "a fraction of a second", headers: () => ({ retryAfter: "0.5" }), pauseMs: 500 },
  { name: "spaces around it", headers: () => ({ retryAfter: "  1  " }), pauseMs: 1_000 },
  { name: "retry-after-ms", headers: () => ({ retryAfterMs: "250" }), pauseMs: 250 },
  {
    name: "both headers, of which milliseconds take precedence",
    headers: () => ({ retryAfter: "1", retryAfterMs: "250" }),
    pauseMs: 250,
  },
  ...Object.entries(DATES).flatMap(([name, format]) => [
    {
      name: `${name}, by the server's clock`,
      headers: (/** @type {number} */ now) => {
        const { date, later } = dates(now, 3 * SECOND_MS);
        return {
          retryAfter: format(later),
          headers: /** @type {[string, string][]} */ ([["Date", date]]),
        };
      },
      pauseMs: 3 * SECOND_MS,
    },
    {
      name: `${name} that has passed`,
      headers: () => ({ retryAfter: format(new Date(784_111_777_000)) }),
      pauseMs: 0,
    },
  ]),
  { name: "no pause at all", headers: () => ({ retryAfter: "0" }), pauseMs: 0 },
  ...["-5", "-1e9", "soon", "", "NaN", "Infinity", "0x10", "1, 2", "1 second", "Mon, 99 Foo 2026 99:99:99 GMT", "%31", "\u00bd"] // prettier-ignore
    .map((retryAfter) => ({
      name: JSON.stringify(retryAfter),
      headers: () => ({ retryAfter }),
      pauseMs: undefined,
    })),
  ...["-5", "soon", ""].map((retryAfterMs) => ({
    name: `retry-after-ms ${JSON.stringify(retryAfterMs)}`,
    headers: () => ({ retryAfterMs }),
    pauseMs: undefined,
  })),
  { name: "a month", headers: () => ({ retryAfter: "2592000" }), pauseMs: 30 * DAY_MS },
  {
    name: "more than a timer holds",
    headers: () => ({ retryAfterMs: "2147483648" }),
    pauseMs: 2 ** 31,
  },
  { name: "a year", headers: () => ({ retryAfter: "31536000" }), pauseMs: 365 * DAY_MS },
  {
    name: "3,000 years",
    headers: () => ({ retryAfter: "99999999999" }),
    pauseMs: 99_999_999_999_000,
  },
  {
    name: "a date in 2199, by the client's clock",
    headers: () => ({ retryAfter: "Tue, 31 Dec 2199 23:59:59 GMT" }),
    pauseMs: Date.UTC(2199, 11, 31, 23, 59, 59) - Date.now(),
  },
];
