// @ts-check
// Common replacements for `fetch`: node-fetch 2 and cross-fetch, which leave a byte order mark in the text; axios and other
// functions that do not return a `Response`; and abort signals of another realm, jsdom's and happy-dom's.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import path from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { createMockApi } from "../../pkg/testing.mjs";
import { serve } from "../../pkg/testing-node.mjs";
import { toolchains } from "../support/toolchains.mjs";

const BOM = "\uFEFF";
const KEY = "fetches-key-0123456789";

/** @type {Awaited<ReturnType<typeof toolchains>>} */
let tools;
/** @type {any} */
let consumer;
/** @type {ReturnType<typeof createMockApi>} */
let mock;
/** @type {Awaited<ReturnType<typeof serve>>} */
let api;

before(async () => {
  tools = await toolchains();
  const cwd = await tools.consumer("fetches");
  consumer = await import(pathToFileURL(path.join(cwd, "index.mjs")).href);
  mock = createMockApi({
    apiKey: KEY,
    stages: [{ status: "finding_sources", polls: 2 }, { status: "active" }],
    answer: "Deliveries rose.",
  });
  api = await serve(mock);
});
beforeEach(() => mock.reset());
after(async () => {
  await api?.close();
  await tools?.close();
});

/** @param {object} options */
const client = (options) => new consumer.AieraChat({ apiKey: KEY, baseUrl: api.url, ...options });

/**
 * Answers every request with this body.
 * @param {string} body
 * @param {number} [status]
 */
async function answering(body, status = 200) {
  const server = createServer((_request, response) => {
    response.writeHead(status, { "Content-Type": "application/json; charset=utf-8" }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe("a replacement for `fetch`", () => {
  for (const name of ["nodeFetch", "crossFetch", "undiciFetch"]) {
    test(`ask works with ${name}`, async () => {
      const answer = await client({ fetch: consumer[name] }).ask("Oil?", { intervalMs: 20 });
      assert.equal(answer.text, "Deliveries rose.");
    });

    test(`a session whose text begins with a byte order mark works with ${name}`, async () => {
      const server = await answering(`${BOM}{"id":7,"status":"active"}`);
      try {
        const chat = client({ baseUrl: server.url, fetch: consumer[name] });
        const session = await chat.createSession({ prompt: "Oil?" });
        assert.deepEqual(session, { id: 7, status: "active" });
        assert.deepEqual(await chat.pollSession(7), session);
      } finally {
        await server.close();
      }
    });

    test(`an error whose text begins with a byte order mark has the server's message with ${name}`, async () => {
      const server = await answering(`${BOM}{"error":"no such session"}`, 404);
      try {
        const chat = client({ baseUrl: server.url, fetch: consumer[name] });
        const error = await chat.pollSession(7).catch((/** @type {any} */ error) => error);
        assert.equal(error.code, "http");
        assert.match(error.message, /no such session/);
        assert.ok(!error.message.includes(BOM));
      } finally {
        await server.close();
      }
    });

    test(`an abort ends a request in flight with ${name}`, async () => {
      mock.fail({ operation: "getSession", stall: true, times: Infinity });
      const chat = client({ fetch: consumer[name] });
      const session = await chat.createSession({ prompt: "Oil?" });
      const leave = new AbortController();
      const poll = chat.pollSession(session, { signal: leave.signal });
      while (mock.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
      leave.abort(new Error("left"));
      const error = await poll.catch((/** @type {any} */ error) => error);
      assert.equal(error.code, "aborted");
      assert.equal(error.cause.message, "left");
    });
  }
});

describe("a function that does not return a `Response`", () => {
  /** The functions, each with the description of its value in the message. @type {Record<string, [() => any, RegExp]>} */
  const WRONG = {
    "axios's object": [
      () => (/** @type {string} */ url, /** @type {any} */ init) =>
        consumer.axios({ url, method: init.method, headers: init.headers, data: init.body }),
      /object|status|data/i,
    ],
    "parsed JSON": [
      () => async (/** @type {string} */ url, /** @type {any} */ init) =>
        (await fetch(url, init)).json(),
      /object|status|"?finding_sources/i,
    ],
    text: [
      () => async (/** @type {string} */ url, /** @type {any} */ init) =>
        (await fetch(url, init)).text(),
      /string|"/i,
    ],
    nothing: [
      () => async (/** @type {string} */ url, /** @type {any} */ init) => {
        await fetch(url, init);
      },
      /undefined|nothing/i,
    ],
  };
  for (const [name, [fetchOf, named]] of Object.entries(WRONG)) {
    test(`a poll ends at its first attempt if fetch returns ${name}`, async () => {
      const { id } = await client({}).createSession({ prompt: "Oil?" });
      const before = mock.requests.length;
      const chat = client({ fetch: fetchOf() });
      const error = await chat.pollSession(id).catch((/** @type {any} */ error) => error);
      assert.equal(error.code, "invalid_argument", error.message);
      assert.match(error.message, /options\.fetch/);
      assert.match(error.message, named);
      assert.equal(error.attempts, 1);
      assert.equal(mock.requests.length, before + 1);
      assert.ok(error.status === undefined || typeof error.status === "number");
      assert.equal(error.retryable, false);
    });

    test(`the outcome of a create is unknown if fetch returns ${name}`, async () => {
      const chat = client({ fetch: fetchOf() });
      const error = await chat.createSession({}).catch((/** @type {any} */ error) => error);
      assert.equal(error.code, "create_outcome_unknown", error.message);
      assert.equal(error.cause.code, "invalid_argument");
      assert.match(error.cause.message, /options\.fetch/);
      assert.equal(error.attempts, 1);
      assert.equal(mock.requests.length, 1);
    });
  }
});

describe("a signal of another realm", () => {
  /** @type {Record<string, () => any>} */
  const REALMS = {
    "jsdom's": () => new consumer.JSDOM().window,
    "happy-dom's": () => new consumer.Window(),
  };
  /** Node's fetch, and undici's newer one, which refuses such a signal. */
  const FETCHES = ["global", "undiciFetch"];

  for (const [name, windowOf] of Object.entries(REALMS)) {
    for (const fetchName of FETCHES) {
      const options = () => (fetchName === "global" ? {} : { fetch: consumer[fetchName] });

      test(`a call with a signal of ${name} and fetch ${fetchName} succeeds`, async () => {
        const { signal } = new (windowOf().AbortController)();
        const chat = client(options());
        const session = await chat.createSession({ prompt: "Oil?" }, { signal });
        const done = await chat.pollSession(session, { intervalMs: 20, signal });
        assert.equal(done.status, "active");
      });

      test(`an abort by a signal of ${name} ends a request in flight with fetch ${fetchName}`, async () => {
        mock.fail({ operation: "getSession", stall: true, times: Infinity });
        const chat = client(options());
        const session = await chat.createSession({ prompt: "Oil?" });
        const leave = new (windowOf().AbortController)();
        const poll = chat.pollSession(session, { signal: leave.signal });
        while (mock.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
        leave.abort();
        const error = await poll.catch((/** @type {any} */ error) => error);
        assert.equal(error.code, "aborted", error.message);
        assert.equal(error.name, "AbortError");
        assert.equal(error.sessionId, session.id);
      });
    }
  }
});
