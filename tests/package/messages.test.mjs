// @ts-check
// The words for the core's problems, and that the tables on both sides are in the same order.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { REASONS } from "../../pkg-template/src/host.js";
import { problemError } from "../../pkg-template/src/problems.js";

/**
 * The variants of an enum in the core, in order.
 * @param {string} file
 * @param {string} name
 */
async function variants(file, name) {
  const source = await readFile(new URL(`../../src/core/${file}`, import.meta.url), "utf8");
  const body = new RegExp(`pub enum ${name} \\{([^}]*)\\}`).exec(source)?.[1] ?? "";
  return [...body.matchAll(/^ {4}(\w+)/gm)].map(([, variant]) => variant);
}

/** Each problem with its code, an answer of that kind, and the message. */
const TABLE = /** @type {[string, string, any, string | RegExp][]} */ ([
  ["NoKey", "key_unavailable", { cause: 1 }, /^The apiKey function gave no key: it must /],
  ["AbortedUnsent", "aborted", { cause: 1 }, /nothing was sent\.$/],
  ["AbortedCreate", "aborted", { cause: 1 }, /may have been created all the same\.$/],
  ["AbortedWait", "aborted", { cause: 1 }, /can be polled again\.$/],
  ["RequestTimeout", "timeout", {}, "No complete answer within requestTimeoutMs (5 ms)."],
  ["Stalled", "network", {}, "No complete answer within requestTimeoutMs (5 ms)."],
  ["Lost", "network", { words: "reset", cause: 1 }, "No answer from the server: reset."],
  [
    "Refused",
    "http",
    { status: 404, words: "No such session" },
    "HTTP 404: No such session. Check the session's id, and that baseUrl is the API's.",
  ],
  [
    "Redirected",
    "redirected",
    { status: 302, location: "https://elsewhere.example/" },
    /^HTTP 302: the server points to https:\/\/elsewhere\.example\/\. Redirects are not followed/,
  ],
  [
    "NotASession",
    "decode",
    { status: 200, why: "it is not JSON" },
    "HTTP 200, but not with the session: it is not JSON.",
  ],
  [
    "OtherSession",
    "decode",
    { status: 200 },
    "HTTP 200, but not with the session: it is another session.",
  ],
  [
    "SessionFailed",
    "session_failed",
    { status: 200, state: "deleted" },
    "The session ended as deleted: it was deleted.",
  ],
  [
    "PauseTooLong",
    "http",
    { status: 200 },
    /^The server asks to wait 5 ms, which is past timeoutMs\./,
  ],
  ["TimeoutUnsent", "timeout", {}, /^No complete answer within timeoutMs \(5 ms\)\. Nothing was/],
  ["TimeoutCreate", "timeout", {}, "No complete answer within timeoutMs (5 ms)."],
  [
    "TimeoutWait",
    "timeout",
    {},
    /^No complete answer within timeoutMs \(5 ms\)\. The session goes/,
  ],
  ["CreateOutcomeUnknown", "create_outcome_unknown", {}, /may or may not have been created/],
]);

describe("problems", () => {
  test("are those of the core, each with its code and its words", async () => {
    assert.deepEqual(
      await variants("failure.rs", "Problem"),
      TABLE.map(([name]) => name),
    );
    for (const [at, [name, code, answer, message]] of TABLE.entries()) {
      const error = problemError(7, [at, 5, 2, 30], answer);
      assert.equal(error.code, code, name);
      if (typeof message === "string") assert.equal(error.message, message);
      else assert.match(error.message, message);
    }
  });

  test("the reasons of a pause are those of the core", async () => {
    const written = REASONS.map((reason) =>
      reason.replace(/-?\b[a-z]/g, (start) => start.replace("-", "").toUpperCase()),
    );
    assert.deepEqual(await variants("call.rs", "Reason"), written);
  });

  test("carry what the answer said, and what is the waiter's own", () => {
    const answer = {
      status: 429,
      retryAfter: 9,
      requestId: "r",
      body: "body",
      words: "Slow down!",
    };
    const error = /** @type {any} */ (problemError(7, [7, 0, 2, 30], answer, { id: 7 }));
    const { status, retryAfterMs, requestId, body, sessionId, attempts, elapsedMs, lastSession } =
      error;
    assert.deepEqual([status, retryAfterMs, requestId, body], [429, 9, "r", "body"]);
    assert.deepEqual([sessionId, attempts, elapsedMs, lastSession], [7, 2, 30, { id: 7 }]);
    assert.equal(error.message, "HTTP 429: Slow down! Ask less often, or later.");
    assert.equal("cause" in error, false);
  });

  test("where the server says nothing, so does the message", () => {
    assert.equal(
      problemError(7, [7, 0, 1, 1], { status: 425 }).message,
      "HTTP 425: the server gave no reason.",
    );
  });

  test("a create has no session, and a cause no attempts", () => {
    assert.equal("sessionId" in problemError(-1, [7, 0, 1, 30], { status: 400 }), false);
    const cause = problemError(7, [4, 5, NaN, NaN], {});
    assert.deepEqual(Object.keys(cause), ["code"]);
    const error = problemError(7, [5, 5, 1, 30], undefined, undefined, cause);
    assert.equal(error.cause, cause);
  });

  test("undefined may be a cause: a signal can be aborted with it", () => {
    assert.equal("cause" in problemError(7, [3, 0, 1, 1], { cause: undefined }), true);
  });

  test("a wait that ran out among failures says what the last one was", () => {
    const cause = problemError(7, [7, 0, NaN, NaN], { status: 503, words: "Down" });
    assert.match(
      problemError(7, [15, 5, 1, 1], undefined, undefined, cause).message,
      /The last answer: HTTP 503: Down\./,
    );
  });
});
