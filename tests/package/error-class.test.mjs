// @ts-check
// The error class: its fields, its copies, and `instanceof`.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { inspect } from "node:util";
import { test } from "node:test";
import { build } from "esbuild";
import { OPERATIONS } from "../support/operations.mjs";
import { loadFreshPackage } from "../support/package.mjs";
import {
  call,
  client,
  everythingIn,
  KEY,
  never,
  PAYLOADS,
  pkg,
  rejection,
  SESSION_ID,
} from "./harness.mjs";

const { AieraChat, AieraChatError } = pkg;
const ERRORS = new URL("../../pkg-template/src/errors.js", import.meta.url).pathname;

test("an error is an Error with a name, a code and a message", () => {
  for (const [code, name] of [
    ["http", "AieraChatError"],
    ["aborted", "AbortError"],
    ["timeout", "TimeoutError"],
    ["create_outcome_unknown", "AieraChatError"],
  ]) {
    /** @type {any} */
    const error = new AieraChatError(code, "message", { status: 5 });
    assert.deepEqual([error instanceof Error, error instanceof AieraChatError], [true, true]);
    assert.deepEqual(
      [error.name, error.code, error.message, error.status, error.retryable],
      [name, code, "message", 5, false],
    );
    assert.deepEqual(Object.keys(error).sort(), ["code", "retryable", "status"]);
    assert.equal(Object.prototype.toString.call(error), "[object Error]");
    assert.equal(String(error), `${name}: message`);
  }
});

test("a field that is undefined is absent, except the cause", () => {
  const error = new AieraChatError("aborted", "message", { status: undefined, cause: undefined });
  assert.equal("status" in error, false);
  assert.equal("cause" in error, true);
  assert.equal("cause" in new AieraChatError("aborted", "message"), false);
});

test("instanceof is true between copies of the class, and false for other errors", async () => {
  const require = createRequire(import.meta.url);
  const copies = [
    pkg,
    await loadFreshPackage(),
    await loadFreshPackage("slim"),
    require("../../pkg/index.cjs"),
    require("../../pkg/slim.cjs"),
  ];
  for (const one of copies) {
    for (const other of copies) {
      const error = new other.AieraChatError("http", "message");
      assert.ok(error instanceof one.AieraChatError);
    }
    for (const other of [new Error("no"), {}, null, undefined, "text", Object.create(null), 5]) {
      assert.equal(/** @type {any} */ (other) instanceof one.AieraChatError, false);
    }
  }
});

test("instanceof of a subclass is true only for its errors", () => {
  const Mine = /** @type {any} */ (class extends AieraChatError {});
  assert.ok(new Mine("http", "message") instanceof Mine);
  assert.ok(new Mine("http", "message") instanceof AieraChatError);
  assert.equal(new AieraChatError("http", "message") instanceof Mine, false);
});

test("instanceof is true for the class in a bundle for ES2015", async () => {
  for (const useDefineForClassFields of [true, false]) {
    const { outputFiles } = await build({
      entryPoints: [ERRORS],
      bundle: true,
      format: "cjs",
      target: "es2015",
      write: false,
      tsconfigRaw: { compilerOptions: { useDefineForClassFields } },
    });
    /** @type {any} */
    const module = { exports: {} };
    new Function("module", "exports", outputFiles[0]?.text ?? "")(module, module.exports);
    const { AieraChatError: Lowered } = module.exports;
    assert.notEqual(Lowered, AieraChatError);
    const error = new Lowered("http", "message", { status: 404 });
    assert.ok(error instanceof Lowered);
    assert.ok(error instanceof AieraChatError);
    assert.ok(new AieraChatError("http", "message") instanceof Lowered);
    assert.equal(new Error("no") instanceof Lowered, false);
    assert.deepEqual([error.code, error.message, error.status], ["http", "message", 404]);
  }
});

test("toJSON holds the name, the message and all fields, without the cause's stack", async () => {
  const { chat } = client(
    () => new Response('{"error":"busy"}', { status: 503, headers: { "x-request-id": "r-1" } }),
    { maxRetries: 0 },
  );
  const error = await rejection(chat.pollSession({ id: SESSION_ID, status: "finding_sources" }));
  const { elapsedMs, message } = error;
  assert.deepEqual(error.toJSON(), {
    name: "AieraChatError",
    message,
    code: "http",
    retryable: true,
    status: 503,
    requestId: "r-1",
    sessionId: SESSION_ID,
    lastSession: { id: SESSION_ID, status: "finding_sources" },
    attempts: 1,
    elapsedMs,
    body: '{"error":"busy"}',
  });
  assert.deepEqual(JSON.parse(JSON.stringify(error)), error.toJSON());

  const lost = Object.assign(new TypeError("fetch failed"), {
    code: "ECONNRESET",
    internal: "a detail",
  });
  const unknown = await rejection(client(() => Promise.reject(lost)).chat.createSession({}));
  const json = unknown.toJSON();
  assert.equal(json.code, "create_outcome_unknown");
  assert.equal(json.cause.code, "network");
  assert.deepEqual(json.cause.cause, {
    name: "TypeError",
    message: "fetch failed",
    code: "ECONNRESET",
  });
  for (const text of ["stack", "a detail"])
    assert.ok(!JSON.stringify(unknown).includes(text), text);

  const leaking = Object.assign(new TypeError(`no route for ${KEY}`), { header: KEY });
  const redacted = await rejection(client(() => Promise.reject(leaking)).chat.createSession({}));
  assert.ok(!everythingIn(redacted).includes(KEY));
});

function cyclic() {
  /** @type {any} */
  const object = {};
  object.self = object;
  return object;
}

function fail() {
  throw new Error("read");
}

test("toJSON accepts a session with a cycle", async () => {
  const { chat } = client(() => new Response("", { status: 404 }));
  const error = await rejection(
    chat.pollSession({ id: SESSION_ID, status: "active", note: cyclic() }),
  );
  assert.equal(error.lastSession.id, SESSION_ID);
  assert.equal(JSON.parse(JSON.stringify(error)).lastSession, "[not JSON]");
});

test("toJSON accepts any reason of an abort as the cause", async () => {
  const { chat } = client(never);
  for (const [reason, cause] of /** @type {[any, any][]} */ ([
    ["a string", "a string"],
    [{ why: "enough" }, { why: "enough" }],
    [null, null],
    [new Error("enough"), { name: "Error", message: "enough" }],
    [2n ** 64n, "18446744073709551616"],
    [Object.assign([], { 0: [] }), [[]]],
    [cyclic(), "[not JSON]"],
    [Symbol("enough"), "[not JSON]"],
    [Object.defineProperty({}, "why", { get: fail, enumerable: true }), "[not JSON]"],
  ])) {
    const error = await rejection(
      chat.getSession(SESSION_ID, { signal: AbortSignal.abort(reason) }),
    );
    assert.deepEqual(error.toJSON().cause, cause);
    JSON.stringify(error);
  }
});

test("toJSON accepts an error that contains itself, once or several times", () => {
  const error = /** @type {any} */ (new AieraChatError("http", "message"));
  error.cause = error;
  const json = { name: "AieraChatError", message: "message", code: "http", retryable: false };
  assert.deepEqual(error.toJSON(), { ...json, cause: "[not JSON]" });
  error.lastSession = { id: SESSION_ID, error };
  assert.deepEqual(JSON.parse(JSON.stringify(error)), {
    ...json,
    lastSession: { id: SESSION_ID, error: "[not JSON]" },
    cause: "[not JSON]",
  });
  const other = new AieraChatError("aborted", "other", { cause: error });
  assert.equal(JSON.parse(JSON.stringify([other, other]))[1].cause.message, "message");
});

test("a structured clone of an error keeps message and stack, and its JSON keeps all fields", async () => {
  const error = await rejection(client(() => new Response("", { status: 404 })).chat.getSession(7));
  const clone = /** @type {any} */ (structuredClone(error));
  // Properties of the platform, which the README states.
  assert.deepEqual([clone.name, clone.message], ["Error", error.message]);
  assert.equal("code" in clone, false);
  assert.equal(clone instanceof AieraChatError, false);
  assert.deepEqual(structuredClone(error.toJSON()), error.toJSON());
});

test("times in events and errors are whole milliseconds", async () => {
  let count = 0;
  const { chat } = client(() =>
    ++count % 2
      ? new Response("{}", { status: 503, headers: { "retry-after-ms": "1.4" } })
      : Response.json({ id: 7, status: "finding_sources" }),
  );
  /** @type {any[]} */
  const events = [];
  const error = await rejection(
    chat.pollSession(7, {
      intervalMs: 1.1,
      maxIntervalMs: 3.3,
      timeoutMs: 150.7,
      onPoll: (/** @type {any} */ event) => events.push(event),
    }),
  );
  assert.ok(events.length > 2);
  for (const { elapsedMs, nextDelayMs = 0, error } of events) {
    const { retryAfterMs = 0 } = error ?? {};
    for (const ms of [elapsedMs, nextDelayMs, retryAfterMs])
      assert.ok(Number.isInteger(ms), `${ms}`);
  }
  assert.ok(Number.isInteger(error.elapsedMs), `${error.elapsedMs}`);
});

test("a printed error shows its code and fields, but no key", async () => {
  const body = `{"error":"the key ${KEY} is unknown"}`;
  const { chat } = client(() => new Response(body, { status: 400 }));
  const error = await rejection(chat.createSession({}));
  const printed = inspect(error);
  for (const part of ["AieraChatError", "code: 'http'", "status: 400", "attempts: 1"]) {
    assert.ok(printed.includes(part), printed);
  }
  assert.ok(!everythingIn(error).includes(KEY));
});
