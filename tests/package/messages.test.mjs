// @ts-check
// The messages of errors: each names its request, describes the failure, includes the server's message, and gives advice that
// fits the call and the server.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OPERATIONS, REPEATED, SENT_ONCE } from "../support/operations.mjs";
import {
  BASE_URL,
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

const { AieraChat } = pkg;

/** @param {number} status @param {BodyInit | null} [body] @param {ResponseInit["headers"]} [headers] */
const response =
  (status, body = null, headers) =>
  () =>
    new Response(body, { status, headers });

/**
 * The message of a call that fails.
 * @param {string} name
 * @param {() => any} respond
 * @param {{ client?: object, call?: object }} [options]
 */
async function messageOf(name, respond, options = {}) {
  const operation = OPERATIONS.find((one) => one.name === name) ?? assert.fail(name);
  const { chat } = client(respond, { maxRetries: 0, ...options.client });
  const { message } = await rejection(call(chat, operation, options.call));
  return message;
}

/** Method, origin and path of an operation. @param {import("../support/operations.mjs").Operation} operation */
const requestOf = ({ method, target }) =>
  `${method} ${BASE_URL}${target(SESSION_ID).split("?")[0]}`;

test("a message names the request: method, origin and path", async () => {
  const failures = [
    response(404),
    response(503),
    response(307),
    response(200, "<html>"),
    () => Promise.reject(new TypeError("lost")),
  ];
  for (const operation of OPERATIONS) {
    for (const respond of failures) {
      const message = await messageOf(operation.name, respond);
      assert.ok(message.startsWith(`${requestOf(operation)}: `), message);
      assert.ok(!message.includes("?"), message);
    }
    const stalled = await messageOf(operation.name, never, { call: { timeoutMs: 5 } });
    assert.ok(stalled.startsWith(`${requestOf(operation)}: `), stalled);
  }
});

test("the message for a failed session or a missing answer names the request of the poll", async () => {
  const poll = `GET ${BASE_URL}/chat-v1/sessions/7: `;
  for (const [status, text] of [
    ["deleted", "The session ended as deleted: it was deleted."],
    ["finding_sources_error", "failed to find sources for the prompt. Ask again, or with other"],
    ["generating_response_error", "failed to generate the response. Ask again."],
  ]) {
    const message = await messageOf("pollSession", () => Response.json({ id: 7, status }));
    assert.ok(message.startsWith(poll), message);
    assert.ok(message.includes(text ?? ""), message);
  }
  const { chat } = client(() => Response.json(PAYLOADS.session));
  const { message } = await rejection(chat.ask("?"));
  assert.equal(
    message,
    `${poll}The session is finished and holds no response to the prompt. Ask again.`,
  );
});

/** Bodies of refusals, and the server's message in them. @type {[string, string][]} */
const SERVER_MESSAGES = [
  ['{"error":"content is required"}', "content is required"],
  ['{"message":"Missing Authentication Token"}', "Missing Authentication Token"],
  ['{"detail":"not like this"}', "not like this"],
  ['{"detail":[{"msg":"field required"}]}', "field required"],
  ['{"error":42,"name":"Oops","description":"all of it"}', "all of it (error 42)"],
  ['{"error":{"message":"deep inside"}}', "deep inside"],
  ["<html><head><title>Service moved</title></head><body>x", "Service moved"],
  ["<title>500 Internal Server Error</title>", "500 Internal Server Error"],
  [
    "<html><title>500 Internal\n Server Error</title>\r\n<center>nginx",
    "500 Internal Server Error",
  ],
  ["<h1>Bad gateway &amp; more</h1><p>nothing", "Bad gateway & more"],
  ["<!DOCTYPE HTML><H1 class='a'>Not Found</H1>", "Not Found"],
  ["plainly no", "plainly no"],
  ["Slow down!", "Slow down!"],
];

test("the error's message includes the server's message, without markup", async () => {
  for (const [body, text] of SERVER_MESSAGES) {
    const message = await messageOf("createSession", response(400, body));
    const end = text.endsWith("!") ? "" : ".";
    assert.equal(message, `POST ${BASE_URL}/chat-v1/sessions: HTTP 400: ${text}${end}`);
  }
  for (const body of ["", '{"error":null,"message":[],"detail":{}}', " \n "]) {
    const message = await messageOf("createSession", response(422, body));
    assert.equal(message, `POST ${BASE_URL}/chat-v1/sessions: HTTP 422.`);
  }
});

test("the message of a 404 mentions the session's id if there is one", async () => {
  for (const operation of OPERATIONS) {
    const message = await messageOf(operation.name, response(404));
    assert.match(message, /HTTP 404\. .*baseUrl is the API's\.$/);
    const hasSession = operation.target(SESSION_ID).includes(`/sessions/${SESSION_ID}`);
    assert.equal(message.includes("session's id"), hasSession, message);
  }
});

test("the advice on a 403 distinguishes a refused key, a missing key and the proxy's options", async () => {
  const byProxy = '{"error":"not allowed","refused_by":"aiera-chat/proxy"}';
  for (const status of [401, 403]) {
    for (const { name } of OPERATIONS) {
      const withKey = await messageOf(name, response(status));
      assert.match(withKey, /Check the API key/);
      const without = await messageOf(name, response(status), { client: { apiKey: undefined } });
      assert.match(without, /The API key is missing: pass apiKey/);
      assert.doesNotMatch(without, /Check the API key/);
      const proxied = await messageOf(name, response(status, byProxy), {
        client: { apiKey: undefined },
      });
      assert.match(proxied, /HTTP 40[13]: not allowed\./);
      assert.match(proxied, /allowedOrigins/);
      assert.match(proxied, /authorize/);
      assert.doesNotMatch(proxied, /API key/);
    }
  }
});

test("the package's proxy is recognized by its refusals", async () => {
  const { createProxyHandler } = await import("../../pkg/proxy.mjs");
  const handler = createProxyHandler({ apiKey: KEY });
  const fetch = (/** @type {string} */ url, /** @type {RequestInit} */ init) =>
    handler(new Request(url, { ...init, headers: { origin: "https://elsewhere.example" } }));
  const chat = new AieraChat({ baseUrl: "https://own.example/api/aiera", fetch });
  const { message, status } = await rejection(chat.createSession({}));
  assert.equal(status, 403);
  assert.match(message, /allowedOrigins/);
});

test("the messages of 429, 408 and 503 advise to retry later", async () => {
  for (const { name } of OPERATIONS) {
    assert.match(
      await messageOf(name, response(429)),
      /HTTP 429\. Send fewer requests, or try later\.$/,
    );
  }
  for (const { name } of REPEATED) {
    for (const status of [408, 425, 503]) {
      assert.match(await messageOf(name, response(status)), /Try again later\.$/);
    }
  }
});

test("the message of a redirect names the address, and why it is not followed", async () => {
  const respond = response(302, null, { location: "https://elsewhere.example/login" });
  for (const { name } of OPERATIONS) {
    assert.match(
      await messageOf(name, respond),
      /HTTP 302: the server redirects to https:\/\/elsewhere\.example\/login\. Redirects are not followed/,
    );
  }
});

test("the message for an HTML page says so, and mentions baseUrl and the proxy", async () => {
  for (const operation of OPERATIONS) {
    for (const page of ["<!doctype html><title>App</title>", "<html>", " \n<!DOCTYPE HTML>"]) {
      const message = await messageOf(operation.name, response(200, page));
      assert.match(message, /HTML page/);
      if (!operation.unknown) {
        assert.match(message, /Check baseUrl, and whether the proxy is mounted there\.$/);
      }
    }
  }
});

test("the message of a garbled response says why it is wrong", async () => {
  for (const [name, body, text] of [
    ["getSession", "", "the response is not the session: its body is empty."],
    ["getSession", "{", "the response is not the session: it is not JSON."],
    ["getSession", '{"status":"active"}', "the response is not the session: it has no id."],
    ["getSession", '{"id":7}', "the response is not the session: it has no status."],
    ["getSession", '{"id":8,"status":"active"}', "it is another session."],
    ["listSessions", "{}", "the response is not a page of sessions: it has no data array."],
    ["deleteSession", '{"success":false}', "is not a confirmation: it says success: false."],
    ["sendPrompt", "{}", "the response is not the prompt message: it has no id."],
  ]) {
    const message = await messageOf(name ?? "", response(200, body));
    assert.ok(message.includes(`HTTP 200, but `), message);
    assert.ok(message.includes(text ?? ""), message);
  }
});

test("the message of an unknown outcome says where to look, and not to retry", async () => {
  /** @type {[() => any, string][]} */
  const failures = [
    [response(503), "HTTP 503."],
    [response(200, "<html>"), "it is an HTML page."],
    [() => Promise.reject(new TypeError("socket hang up")), "No response: socket hang up."],
    [never, "No complete response within requestTimeoutMs (20 ms)."],
  ];
  for (const [respond, fact] of failures) {
    for (const { name } of SENT_ONCE) {
      const message = await messageOf(name, respond, { call: { requestTimeoutMs: 20 } });
      assert.ok(message.includes(fact), message);
      assert.doesNotMatch(message, /try again/i);
      assert.match(message, name === "createSession" ? /listSessions/ : /look for the prompt/);
    }
  }
  const message = await messageOf("createSession", never, { call: { timeoutMs: 20 } });
  assert.match(message, /may or may not have been created/);
  assert.match(message, /timeoutMs \(20 ms\)/);
  assert.doesNotMatch(message, /try again/i);
});

test("the message of a timeout says whether a request was sent, and names the last failure", async () => {
  const pending = { call: { timeoutMs: 20 } };
  assert.match(
    await messageOf("pollSession", never, pending),
    /No complete response within timeoutMs \(20 ms\)\. The session continues: poll it again/,
  );
  assert.match(
    await messageOf("getSession", never, { client: { apiKey: never }, ...pending }),
    /timeoutMs \(20 ms\)\. Nothing was sent\./,
  );
  const failing = { client: { maxRetries: 9 }, call: { timeoutMs: 50 } };
  assert.match(
    await messageOf("getSession", response(503, "Down"), failing),
    /The last failure: HTTP 503: Down\./,
  );
});

test("the message of an abort says whether a request was sent", async () => {
  const { chat } = client(never);
  const unsent = await rejection(chat.createSession({}, { signal: AbortSignal.abort() }));
  assert.equal(unsent.message, "The call was aborted by its signal; nothing was sent.");
  for (const [name, text] of [
    ["createSession", "The session may have been created all the same."],
    ["sendPrompt", "The prompt may have been sent all the same."],
    ["pollSession", "The session continues: poll it again to get its response."],
    ["getSession", "The call was aborted by its signal."],
  ]) {
    const controller = new AbortController();
    const respond = () => (setImmediate(() => controller.abort()), never());
    const message = await messageOf(name ?? "", respond, { call: { signal: controller.signal } });
    assert.ok(message.endsWith(text ?? ""), message);
  }
});

test("the message of a pause past the deadline says how long it is", async () => {
  const busy = () =>
    Response.json({ id: 7, status: "finding_sources" }, { headers: { "retry-after": "9" } });
  assert.match(
    await messageOf("pollSession", busy, { call: { timeoutMs: 1_000 } }),
    /The server asks for a pause of 9000 ms, which is past timeoutMs\./,
  );
});

test("the error's message includes the message of a failed key function", async () => {
  for (const [apiKey, text] of /** @type {[() => any, string][]} */ ([
    [
      () => {
        throw new Error("the vault is closed");
      },
      "The apiKey function failed: the vault is closed.",
    ],
    [
      async () => {
        throw new Error("the vault is closed!");
      },
      "The apiKey function failed: the vault is closed!",
    ],
    [() => Promise.reject("a string"), 'The apiKey function failed: "a string".'],
    [() => undefined, "The apiKey function returned no key"],
    [() => " ", "The apiKey function returned no key"],
    [() => ({}), "The apiKey function returned no key"],
    [() => "k\n", "HTTP 404"],
    [() => "a\nb", "The apiKey function returned no key"],
  ])) {
    // prettier-ignore
    for (const { name } of OPERATIONS) {
      const message = await messageOf(name, response(404), { client: { apiKey } });
      assert.ok(message.includes(text), message);
      assert.ok(!message.includes("a\nb"), message);
    }
  }
});

test("a key in the message of the key function is redacted", async () => {
  let asked = 0;
  const apiKey = () => {
    if (++asked === 1) return KEY;
    throw new Error(`cannot renew ${KEY}`);
  };
  const { chat } = client(response(401), { apiKey });
  const error = await rejection(chat.getSession(SESSION_ID));
  assert.equal(error.code, "key_unavailable");
  assert.match(error.message, /cannot renew \[redacted\]/);
  assert.ok(!everythingIn(error).includes(KEY));
});

/**
 * The globals of a page while a test runs.
 * @param {import("node:test").TestContext} t
 * @param {Record<string, unknown>} more
 */
function inPage(t, more = {}) {
  const page = { window: {}, document: {}, location: { origin: "https://page.example" }, ...more };
  for (const [name, value] of Object.entries(page)) {
    const original = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    t.after(() => {
      if (original) Object.defineProperty(globalThis, name, original);
      else delete (/** @type {any} */ (globalThis)[name]);
    });
  }
}

test("a page without a response from another origin is pointed to CORS and the proxy", async (t) => {
  inPage(t);
  const lost = () => Promise.reject(new TypeError("Failed to fetch"));
  for (const { name, unknown } of OPERATIONS) {
    const elsewhere = await messageOf(name, lost, { client: { apiKey: undefined } });
    assert.match(elsewhere, /Failed to fetch/);
    if (!unknown) {
      assert.match(elsewhere, /CORS/);
      assert.match(elsewhere, /proxy/);
    }
    const sameOrigin = { apiKey: undefined, baseUrl: "/api/aiera" };
    assert.doesNotMatch(await messageOf(name, lost, { client: sameOrigin }), /CORS/);
  }
});

test("the message in an offline page says that it is offline", async (t) => {
  inPage(t, { navigator: { onLine: false } });
  const lost = () => Promise.reject(new TypeError("Failed to fetch"));
  const chat = new AieraChat({ baseUrl: "/api", fetch: lost });
  const { message, code } = await rejection(chat.pollSession(SESSION_ID, { timeoutMs: 50 }));
  assert.equal(code, "timeout");
  assert.match(message, /offline/);
  const created = await rejection(chat.createSession({}));
  assert.equal(created.code, "network");
  assert.equal(created.retryable, true);
  assert.match(created.message, /offline/);
});

test("a key in a page is refused unless it is allowed", async (t) => {
  inPage(t);
  const { chat, requests } = client(() => Response.json(PAYLOADS.session));
  const { code, message } = await rejection(chat.createSession({}));
  assert.equal(code, "invalid_argument");
  assert.match(message, /options\.apiKey/);
  assert.match(message, /dangerouslyAllowBrowser/);
  assert.ok(!message.includes(KEY));
  assert.equal(requests.length, 0);
  const meant = client(() => Response.json(PAYLOADS.session), { dangerouslyAllowBrowser: true });
  await meant.chat.createSession({});
});
