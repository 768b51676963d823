// @ts-check
// An unknown outcome never leads to a second create or prompt, for any faults, options and aborts. A server in memory may
// process a request, and then responds, loses the response, or stalls. Rules: 1.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { operation } from "../support/operations.mjs";
import { BASE_URL, call, pkg, SESSION_ID } from "./harness.mjs";

const { AieraChat, AieraChatError } = pkg;

const PROMPT = { id: 70, session_id: SESSION_ID, message_type: "prompt", content: "?" };
const RESPONSE = { id: 71, message_type: "response", prompt_message_id: 70, content: "12 %" };
const SESSION = { id: SESSION_ID, status: "active", initial_prompt: PROMPT, messages: [RESPONSE] };

/**
 * A response to a create or a prompt.
 * @typedef {object} Fault
 * @property {string} name
 * @property {boolean} isProcessed whether the server has processed the request
 * @property {boolean} [isRefusal] the response proves that it was not processed
 * @property {(init: any) => any} respond
 */

const systemError = (/** @type {string} */ code, /** @type {string} */ syscall) =>
  Object.assign(new TypeError("fetch failed"), {
    cause: Object.assign(new Error(`${syscall} ${code}`), { code, syscall }),
  });

/** @param {number} status @param {Record<string, string>} [headers] @param {string} [body] */
const response = (status, headers, body = "{}") => new Response(body, { status, headers });

/** Stalls until the request is aborted. @param {any} init */
const stall = ({ signal }) =>
  new Promise((_, reject) =>
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true }),
  );

/** A body that stalls. */
const stalledBody = () =>
  new Response(new ReadableStream({ start: (body) => body.enqueue(new Uint8Array([123])) }));

/** @type {fc.Arbitrary<Fault>} */
const fault = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(
    { name: "429", isProcessed: false, isRefusal: true, respond: () => response(429, { "retry-after-ms": "1" }) },
    { name: "429 for long", isProcessed: false, isRefusal: true, respond: () => response(429, { "retry-after": "99999" }) },
  ) },
  { weight: 2, arbitrary: fc.constantFrom(401, 403).map((status) => ({ name: `${status}`, isProcessed: false, isRefusal: true, respond: () => response(status) })) },
  fc.constantFrom(400, 404, 408, 409, 422, 425, 501, 505, 307).map((status) => ({ name: `${status}`, isProcessed: false, isRefusal: true, respond: () => response(status, { "retry-after-ms": "1" }) })),
  fc.constantFrom("ECONNREFUSED", "ENOTFOUND").map((code) => ({ name: code, isProcessed: false, isRefusal: true, respond: () => Promise.reject(systemError(code, "connect")) })),
  // The client does not know whether these were processed.
  fc.boolean().chain((isProcessed) => fc.oneof(
    fc.constantFrom(500, 502, 503, 504, 507, 520, 599).map((status) => ({ name: `${status}`, isProcessed, respond: () => response(status, { "retry-after-ms": "1" }) })),
    fc.constantFrom("ECONNRESET", "EPIPE", "ETIMEDOUT").map((code) => ({ name: code, isProcessed, respond: () => Promise.reject(systemError(code, "read")) })),
    fc.constantFrom("", "{", "null", "[]", "<html>", '{"id":7', '{"status":"active"}').map((body) => ({ name: `200 ${body}`, isProcessed, respond: () => response(200, {}, body) })),
    fc.constant({ name: "a stall", isProcessed, respond: stall }),
    fc.constant({ name: "a stalled body", isProcessed, respond: stalledBody }),
    fc.constant({ name: "no Response", isProcessed, respond: () => ({ id: 7 }) }),
    fc.constant({ name: "a thrown value", isProcessed, respond: () => Promise.reject("lost") }),
  )),
  { weight: 2, arbitrary: fc.constant({ name: "good", isProcessed: true, respond: () => null }) },
); // prettier-ignore

const setup = fc.record({
  faults: fc.array(fault, { minLength: 1, maxLength: 8 }),
  maxRetries: fc.nat(8),
  hasKeyFunction: fc.boolean(),
  requestTimeoutMs: fc.constantFrom(10, 30),
  timeoutMs: fc.constantFrom(15, 40, 1_000),
  abortAfterMs: fc.option(fc.nat(20), { nil: undefined }),
});

/**
 * Makes calls to a server that applies the faults to its POST requests in turn, and checks the rule for each prompt.
 * @param {any} setup
 * @param {(chat: any, options: any) => Promise<any>[]} makeCalls each with a different body
 */
async function check({ faults, maxRetries, hasKeyFunction, abortAfterMs, ...limits }, makeCalls) {
  /** @type {Map<string, Fault[]>} the faults of each body */
  const met = new Map();
  let next = 0;
  const controller = new AbortController();
  const chat = new AieraChat({
    baseUrl: BASE_URL,
    apiKey: hasKeyFunction ? () => `key ${next}` : "key",
    maxRetries,
    async fetch(/** @type {string} */ url, /** @type {any} */ init) {
      if (init.method === "GET") return Response.json(SESSION);
      const fault = faults[Math.min(next++, faults.length - 1)];
      met.set(init.body, [...(met.get(init.body) ?? []), fault]);
      return (
        (await fault.respond(init)) ?? Response.json(url.endsWith("/prompt") ? PROMPT : SESSION)
      );
    },
  });
  if (abortAfterMs !== undefined) setTimeout(() => controller.abort("enough"), abortAfterMs);
  const calls = makeCalls(chat, { ...limits, signal: controller.signal });
  const outcomes = await Promise.allSettled(calls);
  const sentAtEnd = next;
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(next, sentAtEnd, "a request after the end");

  for (const [body, faultsMet] of met) {
    const story = `${body}: ${faultsMet.map(({ name }) => name).join(", ")}`;
    assert.ok(faultsMet.filter(({ isProcessed }) => isProcessed).length <= 1, story);
    // All but the last one were certainly refused.
    for (const { isRefusal } of faultsMet.slice(0, -1)) assert.ok(isRefusal, story);
    assert.ok(faultsMet.length <= 1 + maxRetries + (hasKeyFunction ? 1 : 0), story);
  }
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") assert.ok(outcome.reason instanceof AieraChatError);
  }
  return { outcomes, met };
}

for (const name of /** @type {const} */ (["createSession", "sendPrompt"])) {
  const { unknown } = operation(name);
  test(`${name} is processed at most once under any faults, and an unknown outcome has its code`, async () => {
    await fc.assert(
      fc.asyncProperty(setup, async (setup) => {
        const makeCalls = (/** @type {any} */ chat, /** @type {any} */ options) => [
          call(chat, operation(name), options),
        ];
        const { outcomes, met } = await check(setup, makeCalls);
        const [outcome = assert.fail()] = outcomes;
        const last = [...met.values()].at(0)?.at(-1);
        if (outcome.status === "fulfilled") {
          assert.equal(last?.name, "good");
        } else if (last && !last.isRefusal) {
          const { code } = outcome.reason;
          assert.ok([unknown, "aborted"].includes(code), `${code} after ${last.name}`);
          assert.equal(outcome.reason.retryable, false);
        }
      }),
      { numRuns: 300 },
    );
  });
}

test("an ask is processed at most once under any faults", async () => {
  await fc.assert(
    fc.asyncProperty(setup, fc.boolean(), async (setup, isFollowUp) => {
      await check(setup, (chat, options) => [
        chat.ask("?", { ...options, intervalMs: 1, ...(isFollowUp && { session: SESSION_ID }) }),
      ]);
    }),
    { numRuns: 300 },
  );
});

test("concurrent asks in one session are each processed at most once", async () => {
  await fc.assert(
    fc.asyncProperty(setup, fc.integer({ min: 2, max: 4 }), async (setup, count) => {
      await check(setup, (chat, options) =>
        Array.from({ length: count }, (_, at) =>
          chat.ask(`prompt ${at}`, { ...options, intervalMs: 1, session: SESSION_ID }),
        ),
      );
    }),
    { numRuns: 300 },
  );
});
