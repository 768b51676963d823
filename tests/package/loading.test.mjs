// @ts-check
// Loading the module: aborts and deadlines meanwhile, failed loads, and missing globals.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { getEventListeners } from "node:events";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { OPERATIONS } from "../support/operations.mjs";
import { loadFreshPackage } from "../support/package.mjs";
import {
  collectErrors,
  never,
  PAYLOADS,
  rejection,
  session,
  SESSION_ID,
  turn,
} from "./harness.mjs";

const WASM = await readFile(new URL("../../pkg/aiera_chat_bg.wasm", import.meta.url));

/** The number of active timers. */
const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;

/**
 * Hides a global until the result is called.
 * @param {string} name
 */
function hideGlobal(name) {
  const original = Object.getOwnPropertyDescriptor(globalThis, name) ?? assert.fail(name);
  Object.defineProperty(globalThis, name, { ...original, value: undefined });
  return () => void Object.defineProperty(globalThis, name, original);
}

/**
 * A slim package whose load stays pending until `finish` is called.
 * @param {import("node:test").TestContext} t
 */
async function pendingLoad(t) {
  const slim = await loadFreshPackage("slim");
  /** @type {(module: any) => void} */
  let finish = () => {};
  slim.init(new Promise((resolve) => (finish = resolve))).catch(() => {});
  // A load that stays pending would keep the process for a minute.
  t.after(() => finish(WASM));
  return { ...slim, finish };
}

/**
 * Calls of every kind.
 * @param {any} chat
 * @param {object} options
 * @returns {Promise<any>[]}
 */
const callsOf = (chat, options) => [
  ...OPERATIONS.map(({ name, args }) => chat[name](...args(SESSION_ID), options)),
  chat.ask("?", options),
  chat.watchSession(SESSION_ID, options).next(),
];

test("an abort while the module loads takes effect within one turn", async (t) => {
  const { AieraChat } = await pendingLoad(t);
  const chat = new AieraChat({ fetch: () => assert.fail("a request was sent") });
  const controller = new AbortController();
  const { signal } = controller;
  const before = timers();
  const errors = collectErrors(callsOf(chat, { signal, timeoutMs: 60_000 }));
  for (let turns = 0; turns < 5; turns++) await turn();
  assert.deepEqual(errors, []);
  assert.ok(timers() > before);
  controller.abort("enough");
  await turn();
  assert.equal(errors.length, OPERATIONS.length + 2);
  for (const { code, cause, attempts, message, retryable } of errors) {
    assert.deepEqual([code, cause, attempts, retryable], ["aborted", "enough", 0, false]);
    assert.match(message, /nothing was sent/);
  }
  assert.equal(getEventListeners(signal, "abort").length, 0);
  assert.ok(timers() <= before);
});

test("a signal that was aborted before the call ends the call while the module loads", async (t) => {
  const { AieraChat } = await pendingLoad(t);
  const chat = new AieraChat({ fetch: () => assert.fail("a request was sent") });
  const errors = collectErrors(callsOf(chat, { signal: AbortSignal.abort("before") }));
  await turn();
  assert.ok(errors.every(({ code, cause }) => code === "aborted" && cause === "before"));
  assert.equal(errors.length, OPERATIONS.length + 2);
});

test("timeoutMs ends a call while the module loads", async (t) => {
  const { AieraChat } = await pendingLoad(t);
  const chat = new AieraChat({ fetch: () => assert.fail("a request was sent") });
  const { signal } = new AbortController();
  const before = timers();
  const errors = await Promise.all(
    callsOf(chat, { signal, timeoutMs: 300 }).map((promise) => rejection(Promise.resolve(promise))),
  );
  for (const { code, name, attempts, message, retryable, elapsedMs = 0 } of errors) {
    // Nothing was sent, so even a create is retryable.
    assert.deepEqual([code, name, attempts, retryable], ["timeout", "TimeoutError", 0, true]);
    assert.match(message, /timeoutMs \(300 ms\)/);
    assert.match(message, /nothing was sent/);
    assert.ok(elapsedMs >= 295, `${elapsedMs}`);
  }
  assert.equal(getEventListeners(signal, "abort").length, 0);
  assert.ok(timers() <= before);
});

test("an error while the module loads holds the session that was passed", async (t) => {
  const { AieraChat } = await pendingLoad(t);
  const chat = new AieraChat({ fetch: never });
  const signal = AbortSignal.abort();
  const paid = { id: 7, status: "finding_sources" };
  for (const [promise, sessionId, lastSession] of [
    [chat.pollSession(paid, { signal }), 7, paid],
    [chat.pollSession("7", { signal }), 7, undefined],
    [chat.pollSession(PAYLOADS.message, { signal }), 7, undefined],
    [chat.ask("5", { signal }), undefined, undefined],
    [chat.ask("5", { session: paid, signal }), 7, paid],
    [chat.createSession({ prompt: "5" }, { signal }), undefined, undefined],
  ]) {
    const error = await rejection(promise);
    assert.deepEqual([error.sessionId, error.lastSession], [sessionId, lastSession]);
  }
});

test("calls that start while the module loads continue in order after the load", async (t) => {
  const { AieraChat, finish } = await pendingLoad(t);
  /** @type {string[]} */
  const sent = [];
  const fetch = async (/** @type {string} */ url) => (sent.push(url), session("active"));
  const chat = new AieraChat({ fetch });
  const calls = [3, 1, 2].map((id) => chat.getSession(id, { maxRetries: 0 }).catch(() => {}));
  await turn();
  assert.equal(sent.length, 0);
  finish(WASM);
  await Promise.all(calls);
  assert.deepEqual(
    sent.map((url) => Number(url.at(-1))),
    [3, 1, 2],
  );
});

test("a call with unreadable arguments is refused while the module loads", async () => {
  const hostile = new Proxy({}, { get: () => assert.fail("no"), ownKeys: () => assert.fail("no") });
  for (const { name, args } of OPERATIONS) {
    const { AieraChat } = await loadFreshPackage();
    const chat = new AieraChat({ fetch: async () => session() });
    const error = await rejection(Promise.resolve(chat[name](...args(SESSION_ID), hostile)));
    assert.equal(error.code, "invalid_argument");
  }
});

test("a timeoutMs that is not a number is refused by the first call, and starts no timer", async () => {
  for (const timeoutMs of [5n, Symbol("5"), "5", {}, () => 5]) {
    const { AieraChat } = await loadFreshPackage();
    const chat = new AieraChat({ fetch: async () => session() });
    const before = timers();
    const call = chat.getSession(1, { timeoutMs });
    assert.equal(timers(), before);
    const error = await rejection(call);
    assert.equal(error.code, "invalid_argument");
    assert.match(error.message, /timeoutMs/);
  }
});

test("slim rejects before init with a message that names it, and works after it", async () => {
  const { AieraChat, init } = await loadFreshPackage("slim");
  const chat = new AieraChat({ fetch: async () => session() });
  const callerOfCreate = () => chat.createSession({});
  const error = await rejection(callerOfCreate());
  assert.equal(error.code, "wasm_unavailable");
  assert.match(error.message, /init\(\)/);
  await init(WASM);
  assert.equal((await chat.createSession({})).status, "active");
});

test("init accepts a module, bytes, a response, a URL or a promise of one", async (t) => {
  const { createServer } = await import("node:http");
  const server = createServer((request, response) => {
    if (request.url === "/missing.wasm") response.writeHead(404).end();
    else {
      const type = request.url === "/typed.wasm" ? "application/wasm" : "text/plain";
      response.writeHead(200, { "content-type": type }).end(WASM);
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  t.after(() => server.close());
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const base = `http://127.0.0.1:${port}`;
  for (const source of [
    () => new WebAssembly.Module(WASM),
    () => WASM,
    () => new Uint8Array(WASM).buffer,
    () => Promise.resolve(WASM),
    () => fetch(`${base}/typed.wasm`),
    () => `${base}/typed.wasm`,
    () => new URL(`${base}/plain.wasm`),
    () => new Request(`${base}/typed.wasm`),
  ]) {
    const { AieraChat, init } = await loadFreshPackage("slim");
    await init(source());
    const chat = new AieraChat({ fetch: async () => session() });
    assert.equal((await chat.createSession({})).status, "active");
  }
  const { init } = await loadFreshPackage("slim");
  for (const [source, code] of /** @type {[any, string][]} */ ([
    [undefined, "invalid_argument"],
    [`${base}/missing.wasm`, "wasm_unavailable"],
    [new Uint8Array(5), "wasm_unavailable"],
  ])) {
    const error = await rejection(init(source));
    assert.equal(error.code, code);
  }
});

test("the next call retries a load that failed", async () => {
  const { AieraChat, init } = await loadFreshPackage("slim");
  const first = await rejection(init(new Uint8Array([1, 2, 3])));
  assert.equal(first.code, "wasm_unavailable");
  const chat = new AieraChat({ fetch: async () => session() });
  const second = await rejection(chat.createSession({}));
  assert.equal(second.code, "wasm_unavailable");
  assert.match(second.message, /could not be loaded/);
  await init(WASM);
  assert.equal((await chat.createSession({})).status, "active");
});

test("an init during another loads its own input if that one fails", async () => {
  const { AieraChat, init } = await loadFreshPackage("slim");
  const bad = () => new Uint8Array([1, 2, 3]);
  const inits = [init(bad()), init(bad()), init(WASM), init(bad())];
  const results = await Promise.allSettled(inits);
  assert.deepEqual(
    results.map(({ status }) => status),
    ["rejected", "rejected", "fulfilled", "fulfilled"],
  );
  const chat = new AieraChat({ fetch: async () => session() });
  assert.equal((await chat.createSession({})).status, "active");
});

test("a call after a response that cannot be compiled fails with the cause", async () => {
  for (const type of ["application/wasm", "text/html"]) {
    const { AieraChat, init } = await loadFreshPackage("slim");
    const chat = new AieraChat({ fetch: async () => session() });
    const response = new Response("<!doctype html>", { headers: { "content-type": type } });
    const { cause } = await rejection(init(response));
    assert.ok(cause instanceof WebAssembly.CompileError);
    const error = await rejection(chat.createSession({}));
    assert.equal(error.code, "wasm_unavailable");
    assert.equal(error.cause, cause);
    await init(WASM);
    assert.equal((await chat.createSession({})).status, "active");
  }
});

test("a call after a URL that could not be fetched fetches it again", async (t) => {
  let requests = 0;
  t.mock.method(globalThis, "fetch", async () => {
    requests += 1;
    return requests === 1 ? new Response("", { status: 503 }) : new Response(WASM);
  });
  const { AieraChat, init } = await loadFreshPackage("slim");
  assert.match((await rejection(init("https://x.test/a.wasm"))).message, /HTTP 503/);
  const chat = new AieraChat({ fetch: async () => session() });
  assert.equal((await chat.createSession({})).status, "active");
  assert.equal(requests, 2);
});

test("the next call loads the module if WebAssembly becomes available", async (t) => {
  const { AieraChat } = await loadFreshPackage();
  const chat = new AieraChat({ fetch: async () => session() });
  const show = hideGlobal("WebAssembly");
  t.after(show);
  const error = await rejection(chat.createSession({}));
  assert.equal(error.code, "wasm_unavailable");
  assert.match(error.message, /no WebAssembly/);
  show();
  assert.equal((await chat.createSession({})).status, "active");
});

test("the error of a failed load has the frames of its call", async () => {
  const { AieraChat } = await loadFreshPackage("slim");
  const chat = new AieraChat({ fetch: never });
  const one = () => chat.createSession({});
  const other = () => chat.pollSession(SESSION_ID);
  for (const [caller, makeCall] of /** @type {const} */ ([
    ["one", one],
    ["other", other],
  ])) {
    const { stack = "", message } = await rejection(makeCall());
    assert.ok(stack.startsWith(`AieraChatError: ${message}\n    at ${caller} (`), stack);
  }
});

/** Failures to compile, and the messages for them. @type {[string, () => Error, RegExp][]} */
const COMPILE_ERRORS = [
  [
    "without text, as Chrome gives a content script on a page that forbids WebAssembly",
    () => new WebAssembly.CompileError(""),
    /^The page's content security policy forbids WebAssembly: add 'wasm-unsafe-eval' to the script-src directive of the page's policy\.$/,
  ],
  [
    "whose text is its place alone",
    () => new WebAssembly.CompileError("WebAssembly.compile()"),
    /page's policy\.$/,
  ],
  [
    "of Chrome",
    () =>
      new WebAssembly.CompileError(
        "WebAssembly.compile(): Refused to compile or instantiate WebAssembly module because neither 'wasm-eval' nor 'unsafe-eval' is an allowed source of script",
      ),
    /'wasm-unsafe-eval'.*\(WebAssembly\.compile\(\): Refused/,
  ],
  [
    "of Firefox",
    () => new WebAssembly.CompileError("call to WebAssembly.compile() blocked by CSP"),
    /'wasm-unsafe-eval'/,
  ],
  [
    "of a runtime that may not compile bytes",
    () =>
      new WebAssembly.CompileError(
        "WebAssembly.compile(): Wasm code generation disallowed by embedder",
      ),
    /'wasm-unsafe-eval'.*disallowed by embedder/,
  ],
  [
    "of another kind",
    () => new RangeError("WebAssembly.compile(): Out of memory"),
    /could not be loaded: WebAssembly\.compile\(\): Out of memory/,
  ],
];

for (const [kind, make, message] of COMPILE_ERRORS) {
  test(`a compile error ${kind} names the policy that forbids the module`, async (t) => {
    const { AieraChat } = await loadFreshPackage();
    const cause = make();
    const { compile } = WebAssembly;
    WebAssembly.compile = () => Promise.reject(cause);
    t.after(() => (WebAssembly.compile = compile));
    const chat = new AieraChat({ fetch: never });
    for (const { name, args } of OPERATIONS) {
      const error = await rejection(Promise.resolve(chat[name](...args(SESSION_ID))));
      assert.equal(error.code, "wasm_unavailable");
      assert.equal(error.cause, cause);
      assert.equal(error.retryable, false);
      assert.match(error.message, message);
    }
    WebAssembly.compile = compile;
    await rejection(chat.createSession({}, { signal: AbortSignal.abort() }));
  });
}

test("the module loads if TextDecoder and TextEncoder are hidden", async (t) => {
  // As in Jest's jsdom.
  for (const hidden of [["TextDecoder", "TextEncoder"], ["TextDecoder"], ["TextEncoder"]]) {
    for (const entry of /** @type {const} */ (["index", "slim"])) {
      const { AieraChat, init } = await loadFreshPackage(entry);
      const shows = hidden.map(hideGlobal);
      t.after(() => shows.forEach((show) => show()));
      await init?.(WASM);
      const chat = new AieraChat({ fetch: async () => session("active", { title: "é\u{1F600}" }) });
      const created = await chat.createSession({ prompt: "é\u{1F600}" });
      assert.equal(created.title, "é\u{1F600}");
      shows.forEach((show) => show());
    }
  }
});

test("the module loads through a stream without Node's zlib", async (t) => {
  const { getBuiltinModule } = process;
  t.after(() => (process.getBuiltinModule = getBuiltinModule));
  for (const builtin of [
    undefined,
    () => undefined,
    () => {
      throw new Error("not supported in the Edge Runtime");
    },
  ]) {
    const { AieraChat } = await loadFreshPackage();
    process.getBuiltinModule = /** @type {any} */ (builtin);
    const chat = new AieraChat({ fetch: async () => session() });
    assert.equal((await chat.createSession({})).status, "active");
  }
});

test("concurrent first calls load the module once", async (t) => {
  const { AieraChat } = await loadFreshPackage();
  const { compile } = WebAssembly;
  t.after(() => (WebAssembly.compile = compile));
  let compiled = 0;
  WebAssembly.compile = (bytes) => (compiled++, compile(bytes));
  const clients = Array.from({ length: 20 }, () => new AieraChat({ fetch: async () => session() }));
  await Promise.all(clients.map((chat) => chat.createSession({})));
  assert.equal(compiled, 1);
});

test("calls at the end of the stack do not break the module for other calls", async () => {
  const worker = fileURLToPath(new URL("./end-of-stack.worker.mjs", import.meta.url));
  // V8 prints each error that it cannot report at the end of the stack.
  const { stdout } = await promisify(execFile)(process.execPath, [worker], { maxBuffer: 2 ** 26 });
  assert.deepEqual(JSON.parse(stdout), { earlier: "active", later: "active", other: "active" });
});
