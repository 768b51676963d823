// @ts-check
// Whatever a server answers: bodies and headers by chance, mutated from a corpus that is kept (tests/fixtures/answers: what
// once was of interest is added there), through the whole package. A call ends, once, as the contract says, and no error
// has the key in it.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { inspect } from "node:util";
import { test } from "node:test";
import fc from "fast-check";
import { loadPackage } from "../support/package.mjs";

const { AieraChat, AieraChatError } = await loadPackage();

const FOLDER = new URL("../fixtures/answers/", import.meta.url);
const CORPUS = readdirSync(FOLDER).map(
  (name) => new Uint8Array(readFileSync(new URL(name, FOLDER))),
);
const KEY = "secret-key-0123456789";

/** What a create, and a poll without retries, may end in. */
const CODES = {
  create: ["http", "redirected", "create_outcome_unknown", "timeout"],
  poll: ["http", "redirected", "decode", "session_failed", "network", "timeout"],
};

const seed = fc.constantFrom(...CORPUS);
/** One of the corpus with a part replaced by something else. */
const mutated = fc
  .tuple(seed, fc.nat(), fc.nat(20), fc.oneof(fc.uint8Array({ maxLength: 20 }), seed))
  .map(([bytes, at, length, other]) => {
    const from = bytes.length ? at % bytes.length : 0;
    return Uint8Array.from([
      ...bytes.subarray(0, from),
      ...other,
      ...bytes.subarray(from + length),
    ]);
  });
const body = fc.oneof(
  seed,
  mutated,
  fc.json().map((text) => new TextEncoder().encode(text)),
  fc
    .record({ id: fc.jsonValue(), status: fc.jsonValue(), messages: fc.jsonValue() })
    .map((session) => new TextEncoder().encode(JSON.stringify(session))),
  fc.uint8Array({ maxLength: 200 }),
);

const value = fc.oneof(
  fc.constantFrom(
    "0",
    "1",
    "-1",
    "1.5",
    "1e9",
    "NaN",
    "Infinity",
    "9".repeat(40),
    "soon",
    "Wed, 21 Oct 2015 07:28:00 GMT",
    "Mon, 99 Foo 9999",
    KEY,
  ),
  fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/),
);
const names = [
  "retry-after",
  "retry-after-ms",
  "date",
  "location",
  "x-request-id",
  "request-id",
  "x-amzn-requestid",
  "content-type",
];
const headers = fc.dictionary(fc.constantFrom(...names), value);
const status = fc.oneof(
  fc.constantFrom(
    200,
    201,
    202,
    203,
    206,
    226,
    300,
    301,
    302,
    303,
    307,
    308,
    400,
    401,
    403,
    404,
    408,
    410,
    418,
    425,
    429,
    451,
  ),
  fc.integer({ min: 200, max: 599 }),
);

/** @param {unknown} error everything in it that somebody could print */
const shown = (error) => inspect(error, { depth: 10, showHidden: true, maxStringLength: null });

for (const call of /** @type {const} */ (["create", "poll"])) {
  test(`a ${call} ends, whatever is answered`, async () => {
    await fc.assert(
      fc.asyncProperty(status, headers, body, async (status, headers, body) => {
        const bodiless = [204, 205, 304].includes(status);
        let requests = 0;
        const fetch = async () => {
          requests++;
          return new Response(bodiless ? null : body, { status, headers });
        };
        const chat = new AieraChat({ apiKey: KEY, fetch });
        const options = {
          timeoutMs: 300,
          maxRetries: 0,
          ...(call === "poll" && { intervalMs: 100 }),
        };
        const began = performance.now();
        const calling =
          call === "create"
            ? chat.createSession({ prompt: "?" }, options)
            : chat.pollSession(7, options);
        /** @type {any} */
        const outcome = await calling.catch((error) => error);
        assert.ok(performance.now() - began < 5_000, "it took too long");
        if (outcome instanceof AieraChatError) {
          assert.ok(CODES[call].includes(outcome.code), outcome.code);
          assert.ok(outcome.message.length > 10);
          assert.ok(!shown(outcome).toLowerCase().includes(KEY), shown(outcome));
          assert.ok((outcome.body?.length ?? 0) <= 2_048);
          assert.ok(outcome.retryAfterMs === undefined || outcome.retryAfterMs >= 0);
        } else {
          const text = new TextDecoder().decode(body);
          assert.deepEqual(outcome, JSON.parse(text), "the session is what the server sent");
        }
        if (call === "create") assert.equal(requests, 1);
        assert.ok(requests < 10, `${requests} requests`);
      }),
      { numRuns: 1_500 },
    );
  });
}
