// @ts-check
// Replacements for `fetch`, and the responses that they resolve with: late ones, foreign ones, and other values.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OPERATIONS, REPEATED } from "../support/operations.mjs";
import {
  BASE_URL,
  call,
  client,
  collectErrors,
  everythingIn,
  KEY,
  never,
  PAYLOADS,
  pkg,
  QUICK,
  rejection,
  session,
  SESSION_ID,
  turn,
} from "./harness.mjs";

const { AieraChat } = pkg;

test("a replacement is called with a URL and an init, and without this", async () => {
  for (const operation of OPERATIONS) {
    /** @type {any[]} */
    const calls = [];
    /** @this {unknown} @param {any[]} args */
    async function fetch(...args) {
      calls.push([this, args]);
      return Response.json(PAYLOADS[operation.payload]);
    }
    await call(new AieraChat({ apiKey: KEY, baseUrl: BASE_URL, fetch }), operation);
    const [[receiver, [url, init, ...rest]]] = calls;
    assert.equal(receiver, undefined);
    assert.deepEqual(rest, []);
    assert.equal(url, BASE_URL + operation.target(SESSION_ID));
    assert.equal(init.method, operation.method);
    assert.equal(init.redirect, "manual");
    assert.equal(init.cache, "no-store");
    assert.equal(init.credentials, "same-origin");
    assert.ok(init.signal instanceof AbortSignal);
    assert.equal(init.body, operation.body);
    assert.deepEqual(Object.fromEntries(new Headers(init.headers)), {
      "x-api-key": KEY,
      ...(operation.body !== undefined && { "content-type": "application/json" }),
    });
  }
});

test("no request has a cache mode if the platform does not support it", async (t) => {
  // Old versions of workerd throw on a cache mode.
  const { Request: original } = globalThis;
  t.after(() => (globalThis.Request = original));
  globalThis.Request = /** @type {any} */ (class {});
  const { chat, requests } = client(() => session());
  await chat.createSession({});
  assert.equal("cache" in (requests[0]?.init ?? {}), false);
});

test("a response later than requestTimeoutMs is ignored", async () => {
  /** @type {(() => void)[]} */
  const late = [];
  const { chat } = client((_, __, count) =>
    count === 1
      ? new Promise((resolve) => late.push(() => resolve(session("active"))))
      : session(count === 2 ? "generating_response" : "active"),
  );
  /** @type {string[]} */
  const statuses = [];
  const onUpdate = (/** @type {any} */ { status }) => {
    // The first request's response arrives while the second one's is read.
    late.shift()?.();
    statuses.push(status);
  };
  await chat.pollSession(7, { requestTimeoutMs: 30, intervalMs: 50, maxIntervalMs: 50, onUpdate });
  assert.deepEqual(statuses, ["generating_response", "active"]);
});

test("a byte order mark before the JSON is dropped", async () => {
  // node-fetch 2 and cross-fetch leave it in the text.
  for (const operation of OPERATIONS) {
    const text = `\uFEFF${JSON.stringify(PAYLOADS[operation.payload])}`;
    const { chat } = client(() => ({
      status: 200,
      headers: new Headers(),
      text: async () => text,
    }));
    const result = await call(chat, operation, { maxRetries: 0 });
    if (operation.payload !== "confirmation") {
      assert.deepEqual(JSON.parse(JSON.stringify(result)), PAYLOADS[operation.payload]);
    }
  }
});

/** Headers that throw when read, as SvelteKit's do outside of its allow-list. */
const UNREADABLE = {
  get(/** @type {string} */ name) {
    throw new Error(`Failed to get response header "${name}"`);
  },
};

test("a header that cannot be read counts as absent", async () => {
  for (const operation of OPERATIONS) {
    for (const headers of [UNREADABLE, undefined, null, {}, { get: 5 }]) {
      const text = JSON.stringify(PAYLOADS[operation.payload]);
      const good = client(() => ({ status: 200, headers, text: async () => text }));
      await call(good.chat, operation, { maxRetries: 0 });
      assert.equal(good.requests.length, 1);

      const refused = client(() => ({
        status: 404,
        headers,
        text: async () => '{"error":"gone"}',
      }));
      const error = await rejection(call(refused.chat, operation));
      assert.deepEqual([error.code, error.status, error.attempts], ["http", 404, 1]);
      assert.match(error.message, /HTTP 404: gone\./);
      assert.equal("requestId" in error, false);
      assert.equal(refused.requests.length, 1);
    }
  }
});

test("the properties of a response may throw", async () => {
  const { chat } = client(() => ({
    status: 200,
    get type() {
      throw new Error("no type");
    },
    get redirected() {
      throw new Error("no redirected");
    },
    get headers() {
      throw new Error("no headers");
    },
    text: () => JSON.stringify(PAYLOADS.session),
  }));
  assert.deepEqual(await chat.createSession({}), PAYLOADS.session);
});

const UNREADABLE_OBJECT = new Proxy(
  {},
  {
    get(_, name) {
      if (name === "then") return undefined;
      throw new Error(`${String(name)} cannot be read`);
    },
  },
);

/** Values that are not a `Response`, with their descriptions in messages. @type {[() => any, string][]} */
const NO_RESPONSES = [
  [() => undefined, "undefined"],
  [() => null, "null"],
  [() => "text", '"text"'],
  [() => 200, "200"],
  [() => ({ id: 7, status: "active" }), "a value of type Object"],
  ...[200, 302, 304, 404].map(
    (status) =>
      /** @type {[() => any, string]} */ ([() => ({ status, data: {} }), "a value of type Object"]),
  ),
  [() => ({ status: 200, redirected: true }), "a value of type Object"],
  [() => [], "a value of type Array"],
  [() => UNREADABLE_OBJECT, "a value of type"],
  ...[0, -1, 99, 1_000, 200.5, 70_000, NaN].map(
    (status) =>
      /** @type {[() => any, string]} */ ([
        () => ({ status, text: async () => "{}" }),
        `one with the status ${status}`,
      ]),
  ),
  [() => Response.error(), "one with the status 0"],
];

test("a value that is not a Response ends a call at once, and the message describes it", async () => {
  for (const operation of OPERATIONS) {
    for (const [value, description] of NO_RESPONSES) {
      const { chat, requests } = client(async () => value());
      const error = await rejection(call(chat, operation));
      assert.equal(error.code, operation.unknown ?? "invalid_argument");
      const cause = operation.unknown ? error.cause : error;
      assert.equal(cause.code, "invalid_argument");
      assert.match(cause.message, /options\.fetch must resolve with a Response/);
      assert.ok(error.message.includes(description), error.message);
      for (const one of [error, cause]) {
        assert.equal("status" in one, false);
        assert.equal(one.retryable, false);
      }
      assert.equal(requests.length, 1, operation.name);
    }
  }
});

test("no error holds the key that a replacement resolves with, or throws", async () => {
  const values = [KEY, `the key ${KEY}`, { [Symbol.toStringTag]: KEY }, { status: KEY }];
  const errors = [
    KEY,
    Symbol(KEY),
    { [Symbol.toStringTag]: KEY },
    Object.assign([], { note: KEY }),
  ];
  for (const operation of OPERATIONS) {
    const responses = [
      ...values.map((value) => async () => value),
      ...errors.map((error) => () => Promise.reject(error)),
    ];
    for (const respond of responses) {
      const error = await rejection(call(client(respond, { maxRetries: 0 }).chat, operation));
      assert.ok(!everythingIn(error).includes(KEY), error.message);
    }
  }
});

test("the description of a value that is not a Response is short", async () => {
  const value = { [Symbol.toStringTag]: "x".repeat(1_000) };
  const error = await rejection(client(async () => value).chat.getSession(SESSION_ID));
  assert.ok(error.message.length < 300, error.message);
});

test("the number of causes that are read of an error is limited", async () => {
  let reads = 0;
  const errors = new Proxy(Array(1_000), {
    get(target, name) {
      if (typeof name === "string" && /^\d/.test(name)) reads++;
      return Reflect.get(target, name);
    },
  });
  const lost = Object.assign(new Error("many"), { errors });
  const { chat } = client(() => Promise.reject(lost), { apiKey: undefined, maxRetries: 0 });
  const error = await rejection(chat.getSession(SESSION_ID));
  assert.equal(error.code, "network");
  assert.ok(reads > 0 && reads < 200, `${reads} reads`);
});

test("a replacement that changes the headers of a request does not change those of the next one", async () => {
  /** @type {any[]} */
  const sent = [];
  const { chat } = client((_, { headers }, count) => {
    sent.push({ ...headers });
    headers.traceparent = count;
    delete headers["X-API-Key"];
    return session(count < 3 ? "finding_sources" : "active");
  });
  await chat.pollSession(SESSION_ID, QUICK);
  assert.deepEqual(sent, Array(3).fill({ "X-API-Key": KEY }));
});

test("a replacement that throws counts as a lost response", async () => {
  for (const operation of OPERATIONS) {
    const thrown = new TypeError("no network here");
    const fetch = () => {
      throw thrown;
    };
    const chat = new AieraChat({ baseUrl: BASE_URL, fetch, maxRetries: 0 });
    const error = await rejection(call(chat, operation));
    assert.equal(error.code, operation.unknown ?? "network");
    const cause = operation.unknown ? error.cause : error;
    assert.equal(cause.code, "network");
    assert.equal(cause.cause, thrown);
    assert.match(error.message, /no network here/);
  }
});

test("without a fetch, nothing is sent", async (t) => {
  const { fetch: original } = globalThis;
  t.after(() => (globalThis.fetch = original));
  for (const value of [undefined, null, {}, "fetch"]) {
    globalThis.fetch = /** @type {any} */ (value);
    for (const operation of OPERATIONS) {
      const chat = new AieraChat({ apiKey: KEY });
      const error = await rejection(call(chat, operation));
      assert.deepEqual(
        [error.code, error.retryable, "cause" in error],
        ["invalid_argument", false, false],
      );
      assert.match(error.message, /no fetch/);
      assert.match(error.message, /options\.fetch/);
    }
  }
});

test("the error of a framework that takes control ends a call at once, as the cause", async () => {
  // Next.js throws errors with a digest out of `fetch`.
  for (const operation of OPERATIONS) {
    const control = Object.assign(new Error("Dynamic server usage"), { digest: "DYNAMIC" });
    const { chat, requests } = client(() => Promise.reject(control));
    const error = await rejection(call(chat, operation));
    assert.equal(error.code, operation.unknown ?? "network");
    const cause = operation.unknown ? error.cause : error;
    assert.equal(cause.cause, control);
    assert.equal(/** @type {any} */ (cause).digest, "DYNAMIC");
    assert.equal(error.retryable, false);
    assert.equal(requests.length, 1, operation.name);
  }
});

test("an abort or a deadline ends a call whose replacement ignores its signal", async () => {
  for (const operation of REPEATED) {
    const { chat } = client(never);
    const error = await rejection(call(chat, operation, { timeoutMs: 30 }));
    assert.equal(error.code, "timeout");
  }
  const { chat } = client(never);
  const controller = new AbortController();
  const errors = collectErrors(
    OPERATIONS.map((operation) => call(chat, operation, { signal: controller.signal })),
  );
  await turn();
  controller.abort();
  await turn();
  assert.ok(errors.every(({ code }) => code === "aborted"));
  assert.equal(errors.length, OPERATIONS.length);
});
