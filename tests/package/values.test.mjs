// @ts-check
// The values that arguments and options accept, and the messages for other values.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OPERATIONS } from "../support/operations.mjs";
import { BASE_URL, call, client, pkg, PAYLOADS, rejection, SESSION_ID } from "./harness.mjs";

const { AieraChat } = pkg;

/** @param {string} name */
const responseTo = (name) =>
  Response.json(PAYLOADS[OPERATIONS.find((one) => one.name === name)?.payload ?? "session"]);

/**
 * Asserts that a call is refused before anything is sent, with a message that contains each of `texts`.
 * @param {(chat: any) => Promise<unknown>} makeCall
 * @param {string[]} texts
 */
async function assertRefused(makeCall, ...texts) {
  const { chat, requests } = client(() => Response.json(PAYLOADS.session));
  const error = await rejection(Promise.resolve(makeCall(chat)));
  assert.equal(error.code, "invalid_argument");
  assert.equal(error.retryable, false);
  for (const text of texts) {
    assert.ok(error.message.includes(text), `"${text}" in "${error.message}"`);
  }
  assert.equal(requests.length, 0, "a request was sent");
}

/** @type {[string, any][]} */
const RIGHT_OPTIONS = [
  ["timeoutMs", Infinity],
  ["timeoutMs", 5_000.5],
  ["timeoutMs", null],
  ["requestTimeoutMs", Infinity],
  ["maxRetries", 0],
  ["headers", [["x-a", "b"]]],
  ["headers", new Headers({ "x-a": "b" })],
  ["headers", new Map([["x-a", "b"]])],
  ["signal", null],
  ["signal", new AbortController().signal],
];

/** @type {[string, any][]} */
const WRONG_OPTIONS = [
  ["timeoutMs", 0],
  ["timeoutMs", 0.5],
  ["timeoutMs", NaN],
  ["timeoutMs", -1],
  ["timeoutMs", "5"],
  ["requestTimeoutMs", 0],
  ["maxRetries", 1.5],
  ["maxRetries", -1],
  ["maxRetries", Infinity],
  ["headers", { "x-api-key": "k" }],
  ["headers", { "X-Api-Key": "k" }],
  ["headers", { "a b": "c" }],
  ["headers", { "x-a": "\u{1F600}" }],
  ["headers", "x-a: b"],
  ["signal", {}],
  ["signal", true],
];

test("every call accepts the right values of its options", async () => {
  for (const operation of OPERATIONS) {
    for (const [name, value] of RIGHT_OPTIONS) {
      const { chat } = client(() => responseTo(operation.name));
      await call(chat, operation, { [name]: value });
    }
  }
});

test("every call refuses wrong values of its options, and names the option", async () => {
  for (const operation of OPERATIONS) {
    for (const [name, value] of WRONG_OPTIONS) {
      await assertRefused((chat) => call(chat, operation, { [name]: value }), `options.${name}`);
    }
  }
});

test("an unknown option is answered with the nearest name", async () => {
  for (const [wrong, right] of [
    ["timeout", "timeoutMs"],
    ["timeoutMS", "timeoutMs"],
    ["maxRetry", "maxRetries"],
    ["Signal", "signal"],
    ["header", "headers"],
  ]) {
    for (const operation of OPERATIONS) {
      await assertRefused(
        (chat) => call(chat, operation, { [wrong ?? ""]: 1 }),
        `"${wrong}"`,
        `Did you mean "${right}"?`,
      );
    }
  }
  await assertRefused(
    (chat) => chat.pollSession(SESSION_ID, { intervalMS: 5 }),
    'Did you mean "intervalMs"?',
  );
  await assertRefused(
    (chat) => chat.createSession({ promt: "?" }),
    '"promt"',
    "params",
    'Did you mean "prompt"?',
  );
  await assertRefused(
    (chat) => chat.listSessions({ page_size: 5 }),
    '"page_size"',
    'Did you mean "pageSize"?',
  );
});

test("an option of another call or of the client is unknown", async () => {
  await assertRefused((chat) => chat.createSession({}, { intervalMs: 5 }), '"intervalMs"');
  await assertRefused((chat) => chat.getSession(SESSION_ID, { onUpdate() {} }), '"onUpdate"');
  await assertRefused((chat) => chat.pollSession(SESSION_ID, { apiKey: "key" }), '"apiKey"');
  await assertRefused((chat) => chat.pollSession(SESSION_ID, { onCreated() {} }), '"onCreated"');
  await assertRefused((chat) => chat.ask("?", { promptId: 5 }), '"promptId"');
});

test("a poll requires finite times that do not contradict each other", async () => {
  const { chat } = client(() => responseTo("pollSession"));
  for (const options of [
    { intervalMs: 9e9 },
    { maxIntervalMs: 1 },
    { intervalMs: 5, maxIntervalMs: 5 },
    { onPoll: undefined, onUpdate: null },
  ]) {
    await chat.pollSession(SESSION_ID, options);
  }
  for (const [options, name] of /** @type {[any, string][]} */ ([
    [{ intervalMs: Infinity }, "options.intervalMs"],
    [{ maxIntervalMs: Infinity }, "options.maxIntervalMs"],
    [{ intervalMs: 50, maxIntervalMs: 40 }, "options.intervalMs"],
    [{ onUpdate: 5 }, "options.onUpdate"],
    [{ onPoll: {} }, "options.onPoll"],
    [{ promptId: 0 }, "options.promptId"],
  ])) {
    await assertRefused((chat) => chat.pollSession(SESSION_ID, options), name);
  }
});

test("a session is an id, or an object with one", async () => {
  const { chat, requests } = client(() => responseTo("pollSession"));
  const right = [
    7,
    7n,
    "7",
    { id: 7 },
    { id: "7" },
    { id: 7n },
    PAYLOADS.session,
    PAYLOADS.message,
  ];
  for (const session of right) await chat.getSession(session);
  for (const { url } of requests) assert.equal(url, `${BASE_URL}/chat-v1/sessions/7`);

  const wrong = [0, -1, 1.5, "07", " 7", "7.0", "", "+7", true, null, undefined, [], {}, NaN];
  for (const operation of OPERATIONS.filter(({ args }) => args("session").includes("session"))) {
    for (const session of wrong) {
      await assertRefused((chat) => chat[operation.name](...operation.args(session)), "session");
    }
  }
});

test("the message of an id past 2**53-1 says that it is too large, not missing", async () => {
  for (const id of [2 ** 53, "9007199254740992", 2n ** 64n, { id: 2 ** 53 }]) {
    await assertRefused((chat) => chat.pollSession(id), "session", "too large");
  }
  const { chat } = client(() => new Response('{"id":9007199254740993,"status":"active"}'));
  const error = await rejection(chat.createSession({}));
  assert.equal(error.code, "create_outcome_unknown");
  assert.match(error.message, /id is too large/);
  assert.equal(error.cause.code, "decode");
});

test("a promise of a session is refused with the advice to await it", async () => {
  await assertRefused((chat) => chat.pollSession(Promise.resolve(PAYLOADS.session)), "await it");
});

test("a create checks its parameters", async () => {
  const { chat } = client(() => responseTo("createSession"));
  for (const params of [undefined, null, {}, { title: "a", prompt: "b", sources: [] }]) {
    await chat.createSession(params);
  }
  await assertRefused((chat) => chat.createSession("What?"), "params", '{ prompt: "…" }');
  for (const blank of [" ", "\ufeff", "\u2028\n"]) {
    assert.equal(blank.trim(), "");
    await assertRefused((chat) => chat.createSession({ prompt: blank }), "params.prompt");
    await assertRefused((chat) => chat.ask(blank), "prompt");
  }
  await assertRefused((chat) => chat.createSession({ title: 5 }), "params.title", "not 5");
  await assertRefused((chat) => chat.createSession({ sources: {} }), "params.sources");
  await assertRefused((chat) => chat.createSession({ extraBody: [] }), "params.extraBody");
  const misplaced = { extraBody: { prompt: "?" } };
  await assertRefused((chat) => chat.createSession(misplaced), "params.extraBody", "params.prompt");
});

test("a prompt checks its parameters", async () => {
  const { chat } = client(() => responseTo("sendPrompt"));
  for (const prompt of ["?", { content: "?", toolSettings: { web_search_enabled: true } }]) {
    await chat.sendPrompt(SESSION_ID, prompt);
  }
  await assertRefused((chat) => chat.sendPrompt(SESSION_ID), "prompt");
  await assertRefused((chat) => chat.sendPrompt(SESSION_ID, " "), "prompt");
  await assertRefused((chat) => chat.sendPrompt(SESSION_ID, {}), "prompt.content");
  await assertRefused((chat) => chat.sendPrompt(SESSION_ID, { content: "" }), "prompt.content");
  await assertRefused((chat) => chat.sendPrompt(SESSION_ID, { content: "?", tool_settings: {} }), '"toolSettings"'); // prettier-ignore
});

test("an update checks its parameters", async () => {
  await assertRefused((chat) => chat.updateSession(SESSION_ID), "params");
  await assertRefused((chat) => chat.updateSession(SESSION_ID, {}), "params");
  await assertRefused((chat) => chat.updateSession(SESSION_ID, { title: null }), "params");
  const empty = { sources: [] };
  await assertRefused((chat) => chat.updateSession(SESSION_ID, empty), "params.sources", "clearSources"); // prettier-ignore
});

test("a list checks its parameters", async () => {
  for (const [params, name] of /** @type {[any, string][]} */ ([
    [{ page: 0 }, "params.page"],
    [{ page: 1.5 }, "params.page"],
    [{ pageSize: 101 }, "params.pageSize"],
    [{ pageSize: "5" }, "params.pageSize"],
  ])) {
    await assertRefused((chat) => chat.listSessions(params), name);
  }
});

test("an ask with a session requires another form of prompt than one without", async () => {
  const session = { session: SESSION_ID };
  await assertRefused((chat) => chat.ask(), "prompt");
  await assertRefused((chat) => chat.ask(""), "prompt");
  await assertRefused((chat) => chat.ask({}), "prompt.prompt");
  await assertRefused((chat) => chat.ask({ content: "?" }), "prompt.content", "prompt.prompt");
  await assertRefused((chat) => chat.ask({ prompt: "?" }, session), "prompt.prompt", "prompt.content"); // prettier-ignore
  await assertRefused((chat) => chat.ask("?", { session: "x" }), "options.session");
});

test("a client checks its options", async () => {
  for (const [name, value] of /** @type {[string, any][]} */ ([
    ["apiKey", " "],
    ["apiKey", 5],
    ["apiKey", "a\nb"],
    ["fetch", {}],
    ["credentials", "yes"],
    ["maxRetries", -1],
    ["requestTimeoutMs", 0],
    ["dangerouslyAllowBrowser", "yes"],
    ["baseUrl", 5],
  ])) {
    const options = { fetch: () => assert.fail("a request was sent"), [name]: value };
    const error = await rejection((async () => new AieraChat(options).createSession({}))());
    assert.equal(error.code, "invalid_argument");
    assert.ok(error.message.includes(`options.${name}`), error.message);
  }
  const error = await rejection((async () => new AieraChat({ apikey: "key" }).createSession({}))());
  assert.match(error.message, /Did you mean "apiKey"\?/);
  for (const options of ["key", 5, []]) {
    const error = await rejection((async () => new AieraChat(options).createSession({}))());
    assert.equal(error.code, "invalid_argument");
  }
});

test("a base URL must be https:, or http: on loopback, without credentials, query and fragment", async () => {
  for (const baseUrl of [
    "http://example.com",
    "http://127.0.0.1.example.com",
    "https://u:p@a.example",
    "https://a.example/?q",
    "https://a.example/#f",
    "api",
    "",
    "ftp://localhost",
    "file:///api",
  ]) {
    const options = { baseUrl, fetch: () => assert.fail("a request was sent") };
    const error = await rejection((async () => new AieraChat(options).createSession({}))());
    assert.equal(error.code, "invalid_argument", baseUrl);
    assert.match(error.message, /options\.baseUrl/);
  }
  for (const [baseUrl, address] of /** @type {[any, string][]} */ ([
    ["https://a.example/api/", "https://a.example/api"],
    ["http://localhost:1", "http://localhost:1"],
    ["http://127.0.0.1/x", "http://127.0.0.1/x"],
    ["http://[::1]:5", "http://[::1]:5"],
    [new URL("https://a.example"), "https://a.example"],
    [undefined, "https://premium.aiera.com/api"],
    [null, "https://premium.aiera.com/api"],
  ])) {
    const { chat, requests } = client(() => responseTo("createSession"), { baseUrl });
    await chat.createSession({});
    assert.equal(requests[0]?.url, `${address}/chat-v1/sessions`);
  }
});

test("the first call refuses a client option that cannot be read", async () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const unlike = { [Symbol.toStringTag]: "URL" };
  for (const options of [
    { baseUrl: proxy },
    { baseUrl: unlike },
    { apiKey: proxy },
    { headers: proxy },
  ]) {
    const { chat, requests } = client(() => responseTo("createSession"), options);
    const error = await rejection(chat.createSession({}));
    assert.equal(error.code, "invalid_argument");
    assert.match(error.message, new RegExp(`options\\.${Object.keys(options)[0]}`));
    assert.equal(requests.length, 0);
  }
});

test("a client with a path as its base URL can be created on a server, where its first call is refused", async () => {
  const chat = new AieraChat({ baseUrl: "/api", fetch: () => assert.fail("a request was sent") });
  for (const promise of [chat.createSession({}), chat.pollSession(SESSION_ID)]) {
    const error = await rejection(promise);
    assert.equal(error.code, "invalid_argument");
    assert.match(error.message, /whole URL/);
  }
});

test("a URL is copied when the client is created", async () => {
  const baseUrl = new URL("https://a.example/api");
  const { chat, requests } = client(() => responseTo("createSession"), { baseUrl });
  baseUrl.hostname = "other.example";
  await chat.createSession({});
  assert.equal(requests[0]?.url, "https://a.example/api/chat-v1/sessions");
});

test("later changes to the arguments of a call have no effect", async () => {
  const { chat, requests } = client(() => responseTo("createSession"));
  const params = { prompt: "before", sources: [{ id: "1" }] };
  const options = { headers: { "x-a": "before" } };
  const created = chat.createSession(params, options);
  params.prompt = "after";
  params.sources[0] = { id: "2" };
  options.headers["x-a"] = "after";
  await created;
  assert.deepEqual(JSON.parse(requests[0]?.init.body), {
    prompt: "before",
    sources: [{ id: "1" }],
  });
  assert.equal(new Headers(requests[0]?.init.headers).get("x-a"), "before");
});

test("options may be a module namespace", async (t) => {
  const { fetch: original } = globalThis;
  t.after(() => (globalThis.fetch = original));
  /** @type {{ url: string, init: any }[]} */
  const requests = [];
  globalThis.fetch = /** @type {any} */ (
    async (/** @type {string} */ url, /** @type {any} */ init) => (
      requests.push({ url, init }),
      responseTo("createSession")
    )
  );
  const moduleOf = (/** @type {string} */ source) =>
    import(`data:text/javascript,${encodeURIComponent(source)}`);
  const options = await moduleOf(`export const baseUrl = "https://of.the.module";`);
  const params = await moduleOf(`export const prompt = "of the module";`);
  await new AieraChat(options).createSession(params);
  await pkg.createSession(params, options);
  await new AieraChat(options).createSession({}, await moduleOf("export const timeoutMs = 5_000;"));
  assert.deepEqual(
    requests.map(({ url, init }) => [url, init.body]),
    [
      ["https://of.the.module/chat-v1/sessions", '{"prompt":"of the module"}'],
      ["https://of.the.module/chat-v1/sessions", '{"prompt":"of the module"}'],
      ["https://of.the.module/chat-v1/sessions", "{}"],
    ],
  );
});
