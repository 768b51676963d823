// @ts-check
// The stack of an error holds the frames of the call that failed, and none of the module's.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OPERATIONS } from "../support/operations.mjs";
import { loadFreshPackage } from "../support/package.mjs";
import { client, never, PAYLOADS, pkg, QUICK, rejection, SESSION_ID, turn } from "./harness.mjs";

/**
 * Asserts that the first frame is that of `functionName`, and that no frame is the package's.
 * @param {Error} error
 * @param {string} functionName
 */
function assertFrames(error, functionName) {
  const { stack = "", name, message } = error;
  const head = `${name}: ${message}\n`;
  assert.ok(stack.startsWith(head), stack);
  const frames = stack.slice(head.length).split("\n");
  assert.ok(frames[0]?.startsWith(`    at ${functionName} (`), stack);
  assert.match(frames[0] ?? "", /stack\.test\.mjs:/);
  for (const frame of frames) {
    assert.doesNotMatch(frame, /wasm|\/pkg\/|index\.mjs/, stack);
  }
}

const refuse = () => new Response('{"error":"no"}', { status: 400 });

for (const [state, load] of /** @type {[string, () => Promise<any>][]} */ ([
  ["with the module loaded", async () => pkg],
  ["that loads the module", () => loadFreshPackage()],
])) {
  test(`the stack of a call ${state} begins with its caller`, async () => {
    for (const { name, args } of OPERATIONS) {
      const { AieraChat } = await load();
      const chat = new AieraChat({ fetch: async () => refuse() });
      const callerOfMethod = () => chat[name](...args(SESSION_ID));
      assertFrames(await rejection(Promise.resolve(callerOfMethod())), "callerOfMethod");

      const { [name]: plain } = await load();
      const callerOfFunction = () => plain(...args(SESSION_ID), { fetch: async () => refuse() });
      assertFrames(await rejection(Promise.resolve(callerOfFunction())), "callerOfFunction");
    }
  });
}

test("the stack of an error of every kind begins with the caller", async () => {
  const wrong = { unknownOption: 1 };
  /** @type {[any, (chat: any) => any, string][]} */
  const failures = [
    [() => refuse(), (chat) => chat.getSession(SESSION_ID, wrong), "invalid_argument"],
    [() => refuse(), (chat) => chat.getSession(SESSION_ID), "http"],
    [() => Response.json({}), (chat) => chat.getSession(SESSION_ID, { maxRetries: 0 }), "decode"],
    [never, (chat) => chat.getSession(SESSION_ID, { timeoutMs: 5 }), "timeout"],
    [never, (chat) => chat.getSession(SESSION_ID, { signal: AbortSignal.abort() }), "aborted"],
    [() => Promise.reject(new Error("lost")), (chat) => chat.createSession({}), "create_outcome_unknown"],
    [() => Response.json({ id: 7, status: "deleted" }), (chat) => chat.pollSession(SESSION_ID), "session_failed"],
    [() => Response.json(PAYLOADS.session), (chat) => chat.ask("?"), "no_answer"],
    [() => Response.json({ id: 7, status: "deleted" }), (chat) => chat.ask("?"), "session_failed"],
  ]; // prettier-ignore
  for (const [respond, makeCall, code] of failures) {
    const { chat } = client(respond);
    Object.defineProperty(makeCall, "name", { value: "caller" });
    const error = await rejection(makeCall(chat));
    assert.equal(error.code, code);
    assertFrames(error, "caller");
    for (
      let { cause } = error;
      cause?.code && cause instanceof pkg.AieraChatError;
      { cause } = cause
    ) {
      assert.doesNotMatch(cause.stack, /wasm-function/);
    }
  }
});

test("the stack of an async caller shows its callers", async () => {
  const { chat } = client(refuse);
  async function inner() {
    await turn();
    return await chat.getSession(SESSION_ID);
  }
  async function outer() {
    return await inner();
  }
  const error = await rejection(outer());
  assertFrames(error, "inner");
  assert.match(error.stack ?? "", /at async outer /);
});

test("the stack of a loop that fails begins with the call that made it", async () => {
  const { chat } = client(refuse);
  const startWatch = () => chat.watchSession(SESSION_ID, QUICK);
  const watch = startWatch();
  assertFrames(await rejection(watch.next()), "startWatch");
  const startList = () => chat.listSessions();
  const list = startList();
  await turn();
  assertFrames(await rejection(list[Symbol.asyncIterator]().next()), "startList");
});

test("a limit of no frames leaves the message", async (t) => {
  const { stackTraceLimit } = Error;
  t.after(() => (Error.stackTraceLimit = stackTraceLimit));
  const { chat } = client(refuse);
  Error.stackTraceLimit = 0;
  const error = await rejection(chat.getSession(SESSION_ID));
  Error.stackTraceLimit = stackTraceLimit;
  assert.match(error.stack ?? "", /^AieraChatError: GET .*HTTP 400: no\.\s*$/);
});

test("errors have a stack on a platform without captureStackTrace", async (t) => {
  const { captureStackTrace } = Error;
  t.after(() => (Error.captureStackTrace = captureStackTrace));
  Error.captureStackTrace = /** @type {any} */ (undefined);
  const { chat } = client(refuse);
  const callerOfMethod = () => chat.getSession(SESSION_ID);
  const error = await rejection(callerOfMethod());
  assert.match(error.stack ?? "", /^AieraChatError: GET [^\n]*HTTP 400: no\.\n {4}at /);
  assert.match(error.stack ?? "", /at callerOfMethod /);
  assert.doesNotMatch(error.stack ?? "", /wasm-function/);
});
