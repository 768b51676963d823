// aiera-chat/testing against the API document: every operation and its errors, the shapes field by
// field, the stages, the faults both through .fetch and over real sockets, aborts, fake timers.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:http";
import { describe, it, mock as nodeMock } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { createMockApi } from "../../pkg-template/src/testing/index.js";
import { serve } from "../../pkg-template/src/testing/node.js";

const fixture = (name) =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), "utf8"));
const CREATED = fixture("create-session");
const ACTIVE = fixture("session-active");

const BASE = "https://api.test/api";
const SESSIONS = "/chat-v1/sessions";
const NOW = "2026-04-29T20:52:25Z";
const PROMPT = CREATED.initial_prompt.content;
const QUICK = { polls: 0 };

/** JSON in, JSON out; `mock` or the base URL of a real server. */
async function call(target, method, path, body, headers = {}) {
  const init = { method, headers: { "content-type": "application/json", ...headers } };
  if (body !== undefined) init.body = typeof body === "string" ? body : JSON.stringify(body);
  const response = await (typeof target === "string"
    ? fetch(target + path, init)
    : target.fetch(BASE + path, init));
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: JSON.parse(text) };
}

const create = (mock, body = { prompt: PROMPT }) => call(mock, "POST", SESSIONS, body);
const get = (mock, id, query = "") => call(mock, "GET", `${SESSIONS}/${id}${query}`);
const WITH_MESSAGES = "?include_messages=true";

describe("the document's shapes", () => {
  it("answers the document's create with the document's response, byte order included", async () => {
    const mock = createMockApi({ now: NOW });
    const { status, text, headers } = await create(mock, {
      title: "API Docs Example",
      prompt: PROMPT,
    });
    assert.equal(status, 201);
    assert.equal(headers.get("content-type"), "application/json");
    assert.equal(text, JSON.stringify(CREATED));
  });

  it("leaves initial_prompt out without a prompt, and makes a title", async () => {
    const { status, json } = await create(createMockApi(), {});
    assert.equal(status, 201);
    const { initial_prompt: _, ...expected } = CREATED;
    assert.deepEqual(Object.keys(json), Object.keys(expected));
    assert.equal(json.status, "active");
    assert.equal(json.title_status, "generated");
    assert.equal(typeof json.title, "string");
  });

  it("shows an active session in the documented shape, field by field", async () => {
    const [, response] = ACTIVE.messages;
    let clock = Date.parse(NOW);
    const mock = createMockApi({ now: () => clock, answer: { blocks: response.blocks } });
    await create(mock, { title: "API Docs Example", prompt: PROMPT });
    clock += 5000;
    const { status, text } = await get(mock, 2229, WITH_MESSAGES);
    assert.equal(status, 200);
    assert.equal(text, JSON.stringify(ACTIVE));
    const without = await get(mock, 2229);
    assert.deepEqual(without.json, { ...ACTIVE, messages: null });
  });

  it("has a default answer with a list, a table, and two citations that resolve", async () => {
    const mock = createMockApi(QUICK);
    await create(mock, { prompt: "<img src=x onerror=alert(1)> **Tesla**?\n# Q1" });
    const { json } = await get(mock, 2229, WITH_MESSAGES);
    const response = json.messages.at(-1);
    assert.equal(response.message_type, "response");
    assert.equal(json.active_message_id, response.id);
    const text = response.blocks.map((block) => block.content).join("\n");
    assert.match(text, /^- \*\*/m);
    assert.match(text, /^\|---/m);
    assert.match(text, /Tesla/);
    assert.doesNotMatch(text, /[<>]/);
    const [known, byType] = response.blocks[0].citations;
    assert.ok(text.includes(known.marker) && known.marker === "[c1]");
    assert.ok(text.includes(`[${byType.source.type}_${byType.source.id}]`));
    assert.deepEqual(
      response.sources.map((source) => Object.keys(source).sort()),
      [0, 1].map(() => ["id", "meta", "name", "parent", "type"]),
    );
  });

  it("passes hostile answers and sources through unaltered", async () => {
    const evil = '<script>alert(1)</script>[x](javascript:alert(1)) \u2028 "\\';
    const mock = createMockApi({
      ...QUICK,
      answer: (prompt, session) => `${evil}${prompt}${session.id}`,
    });
    const sources = [{ id: 7, type: "company", odd: { deep: [1, null] } }];
    const created = await create(mock, { prompt: "?", sources });
    assert.deepEqual(created.json.sources, sources);
    const { json } = await get(mock, 2229, WITH_MESSAGES);
    assert.equal(json.messages.at(-1).blocks[0].content, `${evil}?2229`);
  });

  it("shows status messages only when asked for", async () => {
    const mock = createMockApi(QUICK);
    await create(mock);
    const types = async (query) =>
      (await get(mock, 2229, query)).json.messages.map((message) => message.message_type);
    assert.deepEqual(await types(WITH_MESSAGES), ["prompt", "response"]);
    assert.deepEqual(await types(`${WITH_MESSAGES}&include_statuses=true`), [
      "prompt",
      "status",
      "status",
      "response",
    ]);
  });
});

describe("operations", () => {
  it("lists by latest update, in pages", async () => {
    let clock = Date.parse(NOW);
    const mock = createMockApi({ now: () => clock });
    for (const title of ["a", "b", "c"]) {
      await create(mock, { title });
      clock += 1000;
    }
    await call(mock, "PATCH", `${SESSIONS}/2229`, { title: "a2" });
    const first = await call(mock, "GET", `${SESSIONS}?page_size=2`);
    assert.equal(first.status, 200);
    assert.deepEqual(
      first.json.data.map(({ title }) => title),
      ["a2", "c"],
    );
    assert.ok(first.json.data.every(({ messages }) => messages === null));
    assert.deepEqual(first.json.pagination, {
      page: 1,
      page_size: 2,
      total_pages: 2,
      total_count: 3,
      has_next: true,
      has_previous: false,
    });
    const second = await call(mock, "GET", `${SESSIONS}?page_size=2&page=2`);
    assert.deepEqual(
      second.json.data.map(({ title }) => title),
      ["b"],
    );
    assert.equal(second.json.pagination.has_next, false);
    assert.equal(second.json.pagination.has_previous, true);
    const most = await call(mock, "GET", `${SESSIONS}?page_size=1000`);
    assert.equal(most.json.pagination.page_size, 100);
    const none = await call(createMockApi(), "GET", SESSIONS);
    assert.deepEqual(none.json.data, []);
    assert.equal(none.json.pagination.page_size, 20);
    assert.equal(none.json.pagination.total_pages, 0);
  });

  it("updates what is given and keeps the rest", async () => {
    const mock = createMockApi();
    const sources = [{ id: "1", type: "event" }];
    await create(mock, { title: "old", sources });
    const titled = await call(mock, "PATCH", `${SESSIONS}/2229`, { title: "new" });
    assert.equal(titled.status, 200);
    assert.equal(titled.json.title, "new");
    assert.deepEqual(titled.json.sources, sources);
    const replaced = await call(mock, "PATCH", `${SESSIONS}/2229`, { sources: [{ id: "2" }] });
    assert.equal(replaced.json.title, "new");
    assert.deepEqual(replaced.json.sources, [{ id: "2" }]);
    const cleared = await call(mock, "POST", `${SESSIONS}/2229/sources/clear`);
    assert.equal(cleared.status, 200);
    assert.deepEqual(cleared.json.sources, []);
  });

  it("deletes softly: still readable as deleted, and gone for everything else", async () => {
    const mock = createMockApi(QUICK);
    await create(mock);
    const deleted = await call(mock, "DELETE", `${SESSIONS}/2229`);
    assert.equal(deleted.status, 200);
    assert.equal(deleted.text, '{"success":true}');
    assert.equal((await get(mock, 2229)).json.status, "deleted");
    assert.equal((await call(mock, "GET", SESSIONS)).json.data.length, 0);
    for (const [method, path] of [
      ["DELETE", ""],
      ["PATCH", ""],
      ["POST", "/prompt"],
      ["POST", "/sources/clear"],
    ]) {
      const { status } = await call(mock, method, `${SESSIONS}/2229${path}`, { content: "x" });
      assert.equal(status, 404, `${method} ${path}`);
    }
  });

  it("takes a follow-up prompt and answers it in turn", async () => {
    const mock = createMockApi({ polls: 1, answer: (prompt) => `re: ${prompt}` });
    await create(mock, { prompt: "one" });
    const statuses = [];
    for (let poll = 0; poll < 3; poll += 1) statuses.push((await get(mock, 2229)).json.status);
    const settings = { source_filters: [1] };
    const sent = await call(mock, "POST", `${SESSIONS}/2229/prompt`, {
      content: "two",
      tool_settings: settings,
    });
    assert.equal(sent.status, 201);
    assert.deepEqual(Object.keys(sent.json), Object.keys(ACTIVE.messages[0]));
    assert.equal(sent.json.content, "two");
    assert.deepEqual(sent.json.tool_settings, settings);
    for (let poll = 0; poll < 2; poll += 1) statuses.push((await get(mock, 2229)).json.status);
    const { json } = await get(mock, 2229, WITH_MESSAGES);
    assert.deepEqual(
      [...statuses, json.status],
      [1, 2].flatMap(() => ["finding_sources", "generating_response", "active"]),
    );
    assert.deepEqual(
      json.messages.map((message) => [message.message_type, message.prompt_message_id]),
      [
        ["prompt", null],
        ["response", 20712],
        ["prompt", null],
        ["response", sent.json.id],
      ],
    );
    assert.equal(json.messages.at(-1).blocks[0].content, "re: two");
  });

  const BAD = [
    ["POST", "", "{", /not valid JSON/],
    ["POST", "", "[]", /must be a JSON object/],
    ["POST", "", { title: 7 }, /title must be a string/],
    ["POST", "", { prompt: {} }, /prompt must be a string/],
    ["POST", "", { prompt: "  " }, /prompt must not be empty/],
    ["POST", "", { sources: {} }, /sources must be an array/],
    ["PATCH", "/2229", '{"title":', /not valid JSON/],
    ["PATCH", "/2229", { sources: "x" }, /sources must be an array/],
    ["POST", "/2229/prompt", {}, /^content is required$/],
    ["POST", "/2229/prompt", { content: "" }, /^content is required$/],
    ["POST", "/2229/prompt", undefined, /^content is required$/],
  ];
  for (const [method, path, body, expected] of BAD) {
    it(`400: ${method} ${path} ${JSON.stringify(body)}`, async () => {
      const mock = createMockApi();
      await create(mock, {});
      const { status, json } = await call(mock, method, SESSIONS + path, body);
      assert.equal(status, 400);
      assert.match(json.error, expected);
      assert.equal(mock.sessions.length, 1);
    });
  }

  it("404 for sessions that are not there, whatever the id looks like", async () => {
    const mock = createMockApi();
    await create(mock, {});
    const cases = [
      ["GET", ""],
      ["PATCH", ""],
      ["DELETE", ""],
      ["POST", "/prompt"],
      ["POST", "/sources/clear"],
    ];
    for (const [method, rest] of cases) {
      for (const id of ["1", "02229", "2229.0", "abc", "-1"]) {
        const body = method === "GET" ? undefined : { content: "x" };
        const { status, json } = await call(mock, method, `${SESSIONS}/${id}${rest}`, body);
        assert.equal(status, 404, `${method} ${id}${rest}`);
        assert.deepEqual(json, { error: "session not found" });
      }
    }
  });

  it("501 for what it does not know, 403 before that without the key", async () => {
    const mock = createMockApi({ apiKey: "secret" });
    const key = { "X-API-Key": "secret" };
    for (const [method, path] of [
      ["PUT", "/chat-v1/sessions"],
      ["DELETE", "/chat-v1/sessions"],
      ["POST", "/chat-v1/sessions/2229/cancel"],
      ["GET", "/chat-v1/sessions/2229/"],
      ["GET", "/chat-v1/other"],
      ["GET", "/elsewhere"],
    ]) {
      const { status, json } = await call(mock, method, path, undefined, key);
      assert.equal(status, 501, `${method} ${path}`);
      assert.equal(typeof json.error, "string");
      assert.equal((await call(mock, method, path)).status, 403);
    }
  });

  it("refuses a missing or wrong key as the gateway does", async () => {
    const mock = createMockApi({ apiKey: "secret" });
    for (const headers of [{}, { "x-api-key": "wrong" }]) {
      const { status, text } = await call(mock, "POST", SESSIONS, {}, headers);
      assert.equal(status, 403);
      assert.equal(text, '{"message":"Forbidden"}');
    }
    assert.equal(mock.sessions.length, 0);
    const { status } = await call(mock, "POST", SESSIONS, {}, { "X-API-KEY": "secret" });
    assert.equal(status, 201);
    const rotating = createMockApi({ apiKey: (key) => key === "second" });
    assert.equal(
      (await call(rotating, "GET", SESSIONS, undefined, { "x-api-key": "first" })).status,
      403,
    );
    assert.equal(
      (await call(rotating, "GET", SESSIONS, undefined, { "x-api-key": "second" })).status,
      200,
    );
  });

  it("is found by its path wherever it is mounted", async () => {
    const mock = createMockApi();
    for (const mount of ["", "/api", "/a/b%20c", "/chat-v1/proxy"]) {
      const response = await mock.fetch(`http://localhost:3000${mount}${SESSIONS}`);
      assert.equal(response.status, 200, mount);
    }
  });
});

describe("the log of requests", () => {
  it("holds what arrived, in order", async () => {
    const mock = createMockApi({ now: NOW });
    const { requests } = mock;
    const body = '{ "prompt" : "é" }';
    await call(mock, "POST", SESSIONS, body, { "X-API-Key": "k" });
    await get(mock, 2229, "?include_messages=true&x=1");
    assert.equal(requests.length, 2);
    const [first, second] = requests;
    assert.equal(first.method, "POST");
    assert.equal(first.path, SESSIONS);
    assert.equal(first.url, BASE + SESSIONS);
    assert.equal(first.headers["x-api-key"], "k");
    assert.equal(first.headers["content-type"], "application/json");
    assert.equal(first.body, body);
    assert.deepEqual(first.json, { prompt: "é" });
    assert.equal(first.at, Date.parse(NOW));
    assert.equal(first.operation, "createSession");
    assert.equal(second.operation, "getSession");
    assert.equal(second.sessionId, 2229);
    assert.equal(second.path, `${SESSIONS}/2229`);
    assert.deepEqual(second.query, { include_messages: "true", x: "1" });
    assert.equal(second.body, "");
    assert.equal(second.json, undefined);
    mock.reset();
    assert.equal(mock.requests, requests);
    assert.equal(requests.length, 0);
  });
});

describe("stages", () => {
  const statuses = async (mock, count) => {
    const seen = [];
    for (let poll = 0; poll < count; poll += 1) seen.push((await get(mock, 2229)).json.status);
    return seen;
  };

  it("counts polls", async () => {
    const stages = [
      { status: "finding_sources", polls: 2 },
      { status: "brand_new_status", polls: 1 },
      { status: "active" },
    ];
    const mock = createMockApi({ stages });
    assert.equal((await create(mock)).json.status, "finding_sources");
    assert.equal(mock.sessions[0].status, "finding_sources");
    assert.deepEqual(await statuses(mock, 5), [
      "finding_sources",
      "finding_sources",
      "brand_new_status",
      "active",
      "active",
    ]);
  });

  it("goes by time, with updated_at at the moment of each change", async () => {
    let clock = Date.parse(NOW);
    const stages = [
      { status: "finding_sources", ms: 2000 },
      { status: "generating_response", ms: 3000 },
      { status: "active" },
    ];
    const mock = createMockApi({ stages, now: () => clock });
    await create(mock);
    const seen = [];
    for (const step of [1999, 1, 2999, 1, 60_000]) {
      clock += step;
      const { status, updated_at } = (await get(mock, 2229)).json;
      seen.push([status, updated_at]);
    }
    assert.deepEqual(seen, [
      ["finding_sources", "2026-04-29T20:52:25Z"],
      ["generating_response", "2026-04-29T20:52:27Z"],
      ["generating_response", "2026-04-29T20:52:27Z"],
      ["active", "2026-04-29T20:52:30Z"],
      ["active", "2026-04-29T20:52:30Z"],
    ]);
  });

  it("has usual stages of five seconds, or of delayMs", async () => {
    for (const [options, total] of [
      [{}, 5000],
      [{ delayMs: 100 }, 100],
    ]) {
      let clock = 0;
      const mock = createMockApi({ ...options, now: () => clock });
      assert.equal((await create(mock)).json.status, "finding_sources");
      clock = total * 0.5;
      assert.deepEqual(await statuses(mock, 1), ["generating_response"]);
      clock = total;
      assert.deepEqual(await statuses(mock, 1), ["active"]);
    }
  });

  for (const [outcome, way] of [
    ["finding_sources_error", ["finding_sources", "finding_sources_error"]],
    [
      "generating_response_error",
      ["finding_sources", "generating_response", "generating_response_error"],
    ],
    ["deleted", ["finding_sources", "generating_response", "deleted"]],
  ]) {
    it(`ends in ${outcome}, without a response`, async () => {
      const mock = createMockApi({ outcome, polls: 1 });
      await create(mock);
      assert.deepEqual(await statuses(mock, way.length), way);
      const { json } = await get(mock, 2229, WITH_MESSAGES);
      assert.deepEqual(
        json.messages.map((message) => message.message_type),
        ["prompt"],
      );
    });
  }

  it("can depend on the prompt", async () => {
    const mock = createMockApi({
      polls: 0,
      outcome: (prompt) => (prompt === "bad" ? "generating_response_error" : "active"),
    });
    await create(mock, { prompt: "bad" });
    await create(mock, { prompt: "good" });
    assert.equal((await get(mock, 2229)).json.status, "generating_response_error");
    assert.equal((await get(mock, 2230)).json.status, "active");
  });

  it("can show the previous active first, and answers only at the end", async () => {
    const mock = createMockApi({
      stages: (prompt) =>
        prompt === "one"
          ? [{ status: "active" }]
          : [
              { status: "active", polls: 1 },
              { status: "finding_sources", polls: 1 },
              { status: "active" },
            ],
    });
    await create(mock, { prompt: "one" });
    await call(mock, "POST", `${SESSIONS}/2229/prompt`, { content: "two" });
    const seen = [];
    for (let poll = 0; poll < 3; poll += 1) {
      const { status, messages } = (await get(mock, 2229, WITH_MESSAGES)).json;
      seen.push([status, messages.length]);
    }
    assert.deepEqual(seen, [
      ["active", 3],
      ["finding_sources", 3],
      ["active", 4],
    ]);
  });

  it("waits longer than a timer can", async () => {
    nodeMock.timers.enable({ apis: ["setTimeout", "Date"] });
    try {
      let answered = false;
      const pending = get(createMockApi({ latencyMs: 2 ** 31 + 5 }), 2229);
      pending.then(() => (answered = true));
      const seen = [];
      for (const step of [2 ** 31 - 1, 5, 1]) {
        await new Promise(setImmediate);
        nodeMock.timers.tick(step);
        await new Promise(setImmediate);
        seen.push(answered);
      }
      assert.deepEqual(seen, [false, false, true]);
    } finally {
      nodeMock.timers.reset();
    }
  });

  it("runs through ten minutes in milliseconds with fake timers", async () => {
    nodeMock.timers.enable({ apis: ["setTimeout", "Date"] });
    try {
      const mock = createMockApi({ delayMs: 600_000, latencyMs: 50 });
      const answered = async (promise) => {
        let result;
        promise.then((value) => (result = value));
        while (!result) {
          await new Promise(setImmediate);
          nodeMock.timers.tick(50);
        }
        return result;
      };
      assert.equal((await answered(create(mock))).json.status, "finding_sources");
      const seen = new Set();
      let polls = 0;
      for (let status; status !== "active"; polls += 1) {
        nodeMock.timers.tick(5000);
        ({ status } = (await answered(get(mock, 2229))).json);
        seen.add(status);
      }
      assert.deepEqual([...seen], ["finding_sources", "generating_response", "active"]);
      assert.ok(polls > 100 && polls <= 120, `${polls} polls`);
    } finally {
      nodeMock.timers.reset();
    }
  });
});

/** The same tests through .fetch and over real sockets. */
const TRANSPORTS = {
  fetch: async (mock) => ({
    fetch: (path, init) => mock.fetch(BASE + path, init),
    close: async () => {},
  }),
  loopback: async (mock) => {
    const server = await serve(mock);
    return { fetch: (path, init) => fetch(server.url + path, init), close: server.close };
  },
};

for (const [transport, open] of Object.entries(TRANSPORTS)) {
  describe(`faults, ${transport}`, () => {
    /** A test with a session 2229 made beforehand and faults after that. */
    const test = (name, faults, body) =>
      it(name, { timeout: 10_000 }, async () => {
        const mock = createMockApi(QUICK);
        await create(mock);
        mock.requests.length = 0;
        mock.fail(faults);
        const api = await open(mock);
        try {
          await body((init, path = "/2229") => api.fetch(SESSIONS + path, init), mock);
        } finally {
          await api.close();
        }
      });
    const isSession = async (response) => {
      assert.equal(response.status, 200);
      assert.equal((await response.json()).id, 2229);
    };

    test("drop: the connection is lost, once", { drop: true }, async (send, mock) => {
      await assert.rejects(send(), TypeError);
      await isSession(await send());
      assert.equal(mock.requests.length, 2);
    });

    test("drop in the body", { drop: "body" }, async (send) => {
      const response = await send();
      assert.equal(response.status, 200);
      await assert.rejects(response.text(), TypeError);
      await isSession(await send());
    });

    test("drop, for as often as said", { drop: true, times: 3 }, async (send) => {
      for (let attempt = 0; attempt < 3; attempt += 1) await assert.rejects(send(), TypeError);
      await isSession(await send());
    });

    test("a lost create has not happened", { drop: true }, async (send, mock) => {
      await assert.rejects(send({ method: "POST", body: "{}" }, ""), TypeError);
      assert.equal(mock.sessions.length, 1);
    });

    test("unless it was processed", { drop: true, processed: true }, async (send, mock) => {
      await assert.rejects(send({ method: "POST", body: "{}" }, ""), TypeError);
      assert.equal(mock.sessions.length, 2);
    });

    test("stall: no answer until the abort", { stall: true }, async (send, mock) => {
      const reason = new Error("enough");
      const controller = new AbortController();
      const pending = send({ signal: controller.signal });
      const settled = await Promise.race([
        pending.then(() => "answered"),
        new Promise((resolve) => setTimeout(resolve, 60, "waiting")),
      ]);
      assert.equal(settled, "waiting");
      assert.equal(mock.requests.length, 1);
      controller.abort(reason);
      await assert.rejects(pending, (error) => error === reason);
      await isSession(await send());
    });

    test("stall in the body until the abort", { stall: "body" }, async (send) => {
      const reason = new Error("enough");
      const controller = new AbortController();
      const response = await send({ signal: controller.signal });
      assert.equal(response.status, 200);
      const reader = response.body.getReader();
      const { value } = await reader.read();
      assert.equal(value[0], "{".charCodeAt(0));
      const rest = reader.read();
      const settled = await Promise.race([
        rest.then(() => "more"),
        new Promise((resolve) => setTimeout(resolve, 60, "waiting")),
      ]);
      assert.equal(settled, "waiting");
      controller.abort(reason);
      await assert.rejects(rest, (error) => error === reason);
    });

    test("garble: an HTML page with 200", { garble: true }, async (send) => {
      const response = await send();
      assert.equal(response.status, 200);
      assert.match(response.headers.get("content-type"), /^text\/html/);
      assert.match(await response.text(), /^<!doctype html>/);
    });

    test("garble: cut JSON", { garble: "truncated" }, async (send) => {
      const response = await send();
      assert.equal(response.status, 200);
      const text = await response.text();
      assert.match(text, /^\{"id":2229/);
      assert.throws(() => JSON.parse(text), SyntaxError);
    });

    test("garble: empty", { garble: "empty" }, async (send) => {
      const response = await send();
      assert.equal(response.status, 200);
      assert.equal(await response.text(), "");
    });

    test(
      "status, headers and body",
      [
        { status: 429, headers: { "Retry-After": "2" } },
        { status: 503, body: { error: 42 } },
        { status: 502, body: "<h1>bad</h1>", headers: { "content-type": "text/html" } },
        { status: 204 },
        { body: new Uint8Array([0xef, 0xbb, 0xbf, 0xff]) },
      ],
      async (send) => {
        const limited = await send();
        assert.equal(limited.status, 429);
        assert.equal(limited.headers.get("retry-after"), "2");
        assert.deepEqual(await limited.json(), { message: "Too Many Requests" });
        const unavailable = await send();
        assert.equal(unavailable.status, 503);
        assert.deepEqual(await unavailable.json(), { error: 42 });
        const gateway = await send();
        assert.equal(gateway.headers.get("content-type"), "text/html");
        assert.equal(await gateway.text(), "<h1>bad</h1>");
        const nothing = await send();
        assert.equal(nothing.status, 204);
        assert.equal(await nothing.text(), "");
        const bytes = new Uint8Array(await (await send()).arrayBuffer());
        assert.deepEqual([...bytes], [0xef, 0xbb, 0xbf, 0xff]);
        await isSession(await send());
      },
    );

    test("headers alone leave the answer", { headers: { "x-request-id": "r1" } }, async (send) => {
      const response = await send();
      assert.equal(response.headers.get("x-request-id"), "r1");
      await isSession(response);
    });

    test(
      "redirect, manual",
      [{ redirect: true }, { redirect: "/x", status: 307 }],
      async (send) => {
        const first = await send({ redirect: "manual" });
        assert.equal(first.status, 302);
        assert.match(first.headers.get("location"), /^https:\/\/elsewhere\.example\//);
        const second = await send({ redirect: "manual" });
        assert.equal(second.status, 307);
        assert.equal(second.headers.get("location"), "/x");
      },
    );

    test(
      "redirect, followed: the key goes along",
      { redirect: `/other${SESSIONS}`, status: 307 },
      async (send, mock) => {
        const headers = { "x-api-key": "leak", "content-type": "application/json" };
        const response = await send({ method: "POST", body: '{"title":"t"}', headers }, "");
        assert.equal(response.status, 201);
        assert.equal(response.redirected, true);
        assert.equal((await response.json()).title, "t");
        assert.match(mock.requests[1].url, /\/other\/chat-v1\/sessions$/);
        assert.equal(mock.requests[1].headers["x-api-key"], "leak");
      },
    );

    test(
      "redirect, 303: becomes a GET",
      { redirect: SESSIONS, status: 303 },
      async (send, mock) => {
        const response = await send({ method: "POST", body: "{}" }, "");
        assert.equal(response.status, 200);
        assert.equal(mock.requests[1].method, "GET");
        assert.equal(mock.requests[1].body, "");
        assert.equal(mock.requests[1].headers["content-type"], undefined);
      },
    );

    test("redirect, error and loops", { redirect: SESSIONS, times: Infinity }, async (send) => {
      await assert.rejects(send({ redirect: "error" }), TypeError);
      await assert.rejects(send(), TypeError);
    });

    test("latency", { latencyMs: 80 }, async (send) => {
      const start = performance.now();
      await isSession(await send());
      assert.ok(performance.now() - start >= 75);
    });

    test("a trickling body", { bodyMs: 80 }, async (send) => {
      const start = performance.now();
      const response = await send();
      const chunks = [];
      for await (const chunk of response.body) chunks.push(chunk);
      assert.ok(performance.now() - start >= 70);
      assert.ok(chunks.length > 1);
      assert.equal(JSON.parse(Buffer.concat(chunks).toString()).id, 2229);
    });

    test("echo of the key", { echoKey: true }, async (send) => {
      const response = await send({ headers: { "x-api-key": "sk-echo" } });
      assert.equal(response.status, 403);
      assert.match(await response.text(), /sk-echo/);
      assert.equal(response.headers.get("x-key"), "sk-echo");
    });
  });
}

describe("which requests a fault is for", () => {
  const codes = async (mock, count, request = () => get(mock, 2229)) => {
    const seen = [];
    for (let attempt = 0; attempt < count; attempt += 1) seen.push((await request()).status);
    return seen;
  };

  it("operation, session, nth, match, and a script in order", async () => {
    const mock = createMockApi({ faults: { operation: "createSession", status: 500 } });
    assert.equal((await call(mock, "GET", SESSIONS)).status, 200);
    assert.deepEqual(await codes(mock, 2, () => create(mock)), [500, 201]);
    await create(mock);
    mock.fail([
      { sessionId: 2230, status: 502 },
      { nth: [2, 4], status: 503 },
    ]);
    assert.deepEqual(await codes(mock, 5), [200, 503, 200, 503, 200]);
    assert.deepEqual(await codes(mock, 2, () => get(mock, 2230)), [502, 200]);
    mock.fail({ match: ({ query }) => query.page === "7", status: 504, times: Infinity });
    const page = (number) => call(mock, "GET", `${SESSIONS}?page=${number}`);
    assert.deepEqual(
      [(await page(7)).status, (await page(1)).status, (await page(7)).status],
      [504, 200, 504],
    );
    mock.fail({ operation: ["getSession", "listSessions"], status: 500, times: 2 });
    assert.deepEqual([(await page(1)).status, ...(await codes(mock, 2))], [500, 500, 200]);
  });

  it("a function that decides", async () => {
    const seen = [];
    const mock = createMockApi({
      faults: (request, { nth }) => {
        seen.push([request.operation, nth]);
        return nth === 2 ? { status: 503 } : undefined;
      },
    });
    await create(mock);
    assert.deepEqual(await codes(mock, 3), [200, 503, 200]);
    assert.deepEqual(seen, [
      ["createSession", 1],
      ["getSession", 1],
      ["getSession", 2],
      ["getSession", 3],
    ]);
  });

  it("can be taken back, and reset brings back those of the options", async () => {
    const mock = createMockApi({ faults: [{ status: 500 }] });
    const list = () => call(mock, "GET", SESSIONS);
    const undo = mock.fail({ status: 503, times: Infinity });
    assert.deepEqual(await codes(mock, 2, list), [500, 503]);
    undo();
    assert.deepEqual(await codes(mock, 1, list), [200]);
    await create(mock);
    mock.fail({ status: 429 });
    mock.reset();
    assert.equal(mock.sessions.length, 0);
    assert.deepEqual(await codes(mock, 2, list), [500, 200]);
    assert.equal((await create(mock)).json.id, 2229);
  });

  it("shows a function that throws as a 500 that says so", async () => {
    for (const options of [
      { faults: () => assert.fail("mine") },
      { answer: () => assert.fail("mine"), stages: [{ status: "active" }] },
      { stages: () => assert.fail("mine") },
      { faults: () => ({ drip: true }) },
    ]) {
      const { status, json } = await create(createMockApi(options));
      assert.equal(status, 500);
      assert.match(json.error, /mine|drip/);
    }
  });
});

describe("fetch", () => {
  it("sends nothing with a signal that is aborted already, and rejects with its reason", async () => {
    const mock = createMockApi();
    for (const reason of [new Error("no"), "a string", undefined]) {
      const signal = AbortSignal.abort(reason);
      const expected = signal.reason;
      const same = (error) => error === expected;
      await assert.rejects(mock.fetch(BASE + SESSIONS, { signal }), same);
      await assert.rejects(mock.fetch(new Request(BASE + SESSIONS, { signal })), same);
    }
    assert.equal(mock.requests.length, 0);
  });

  it("aborts in flight, by init or by Request, and leaves no listener behind", async () => {
    for (const toArguments of [
      (url, signal) => [url, { signal }],
      (url, signal) => [new Request(url, { signal })],
    ]) {
      const mock = createMockApi({ latencyMs: 60_000 });
      const controller = new AbortController();
      const pending = mock.fetch(...toArguments(BASE + SESSIONS, controller.signal));
      setTimeout(() => controller.abort("gone"), 10);
      await assert.rejects(
        pending.catch((error) => Promise.reject(Object.assign(new Error(), { error }))),
        {
          error: "gone",
        },
      );
    }
  });

  it("takes its listeners off the signal when all is read", async () => {
    const counting = new AbortController();
    const { signal } = counting;
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...rest) => (listeners++, addEventListener.apply(signal, rest));
    signal.removeEventListener = (...rest) => (
      listeners--,
      removeEventListener.apply(signal, rest)
    );
    const mock = createMockApi({ latencyMs: 1 });
    const response = await mock.fetch(BASE + SESSIONS, { signal });
    assert.ok(listeners > 0);
    await response.text();
    assert.equal(listeners, 0);
    const left = await mock.fetch(BASE + SESSIONS, { signal });
    await left.body.cancel();
    assert.equal(listeners, 0);
  });

  it("fails a body that is read after the abort", async () => {
    const mock = createMockApi();
    const controller = new AbortController();
    const response = await mock.fetch(BASE + SESSIONS, { signal: controller.signal });
    controller.abort("late");
    await assert.rejects(
      response.text().catch((error) => Promise.reject({ error })),
      { error: "late" },
    );
  });

  it("takes Requests, URLs, streams and init over a Request; needs no this", async () => {
    const { fetch, requests } = createMockApi();
    const request = new Request(BASE + SESSIONS, { method: "POST", body: '{"title":"r"}' });
    const response = await fetch(request);
    assert.equal(response.status, 201);
    assert.equal(response.url, BASE + SESSIONS);
    assert.equal(request.bodyUsed, true);
    assert.equal((await fetch(new URL(BASE + SESSIONS))).status, 200);
    const body = new Blob(['{"title":"s"}']).stream();
    await fetch(BASE + SESSIONS, { method: "POST", body, duplex: "half" });
    assert.equal(requests[2].json.title, "s");
    const plain = new Request(BASE + SESSIONS, { headers: { "x-a": "1" } });
    await fetch(plain, { headers: { "x-b": "2" } });
    assert.equal(requests[3].headers["x-a"], undefined);
    assert.equal(requests[3].headers["x-b"], "2");
    await assert.rejects(fetch(BASE + SESSIONS, { body: "x" }), TypeError);
  });

  it("keeps no process alive: stalls, finished latencies and aborted ones", async () => {
    const script = `
      import { createMockApi } from ${JSON.stringify(new URL("../../pkg-template/src/testing/index.js", import.meta.url).href)};
      const url = "https://api.test/chat-v1/sessions";
      const mock = createMockApi({ faults: [{ stall: true }, { stall: "body" }, { latencyMs: 60000 }] });
      mock.fetch(url);
      const response = await mock.fetch(url);
      response.text();
      const controller = new AbortController();
      const pending = mock.fetch(url, { signal: controller.signal }).catch((error) => error);
      setTimeout(() => controller.abort("x"), 10);
      console.log(await pending);
    `;
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], {
      timeout: 5000,
    });
    assert.equal(stdout, "x\n");
  });
});

describe("handler", () => {
  it("answers Requests, with Response.error() for a lost connection", async () => {
    const mock = createMockApi({ faults: [{ operation: "listSessions", drop: true }] });
    const { handler } = mock;
    const made = await handler(new Request(BASE + SESSIONS, { method: "POST", body: "{}" }));
    assert.ok(made instanceof Response);
    assert.equal(made.status, 201);
    assert.equal((await handler(new Request(BASE + SESSIONS))).type, "error");
  });

  it("ends a stall with the request's signal", async () => {
    const mock = createMockApi({ faults: [{ stall: true }] });
    const controller = new AbortController();
    const pending = mock.handler(new Request(BASE + SESSIONS, { signal: controller.signal }));
    controller.abort(new Error("left"));
    assert.equal((await pending).type, "error");
  });
});

describe("options", () => {
  const WRONG = [
    [{ stagse: [] }, /unknown option stagse/],
    [{ stages: [] }, /stages/],
    [{ stages: [{ status: "a" }, { status: "b" }] }, /stages\[0\]: expected either ms or polls/],
    [{ stages: [{ status: "a", ms: 1, polls: 1 }, { status: "b" }] }, /stages\[0\]/],
    [{ stages: [{ status: "a", ms: 1 }] }, /stages\[0\]: the last stage/],
    [{ stages: [{ polls: 1 }, { status: "b" }] }, /stages\[0\]: status is missing/],
    [{ stages: [{ status: "a", ms: -1 }, { status: "b" }] }, /stages\[0\]: ms/],
    [{ stages: [{ status: "a" }], polls: 1 }, /stages and polls contradict/],
    [{ polls: 1, delayMs: 5 }, /polls and delayMs contradict/],
    [{ polls: 1.5 }, /polls/],
    [{ delayMs: "5" }, /delayMs/],
    [{ delayMs: NaN }, /delayMs/],
    [{ apiKey: "" }, /apiKey/],
    [{ answer: 7 }, /answer/],
    [{ answer: {} }, /answer/],
    [{ latencyMs: [5, 1] }, /latencyMs/],
    [{ now: "yesterday" }, /now/],
    [{ now: new Date(NaN) }, /now/],
    [{ firstId: 0 }, /firstId/],
    [{ firstMessageId: 1.5 }, /firstMessageId/],
    [{ userId: "x" }, /userId/],
    [{ faults: [{ drop: true }, { dorp: true }] }, /unknown option dorp/],
    [{ faults: { drop: true, stall: true } }, /drop and stall contradict/],
    [{ faults: { operation: "createChat" } }, /operation/],
    [{ faults: { status: 99 } }, /status/],
    [{ faults: { garble: "xml" } }, /garble/],
    [{ faults: { headers: { a: 1 } } }, /headers/],
    [{ faults: { nth: 0 } }, /nth/],
    [{ faults: { times: 0 } }, /times/],
    [{ faults: [null] }, /faults/],
    ["options", /createMockApi/],
    [[], /createMockApi/],
  ];
  for (const [options, message] of WRONG) {
    it(`refuses ${JSON.stringify(options)}`, () => {
      assert.throws(
        () => createMockApi(options),
        (error) => error instanceof TypeError && message.test(error.message),
      );
    });
  }

  it("takes null and undefined as absent, and ids and times that a test fixes", async () => {
    const mock = createMockApi({
      apiKey: undefined,
      faults: null,
      now: new Date(NOW),
      firstId: 7,
      firstMessageId: 70,
      userId: 700,
    });
    const { json } = await create(mock);
    assert.deepEqual([json.id, json.initial_prompt.id, json.user_id], [7, 70, 700]);
    assert.equal(json.created_at, NOW);
    assert.equal((await create(mock)).json.id, 8);
    assert.throws(() => mock.fail({ nope: 1 }), /unknown option nope/);
  });

  it("takes the latency as a range or a function", async () => {
    for (const latencyMs of [[30, 40], () => 30]) {
      const start = performance.now();
      await create(createMockApi({ latencyMs }));
      assert.ok(performance.now() - start >= 25);
    }
  });
});

describe("a real port", () => {
  it("destroys the socket on a drop", async () => {
    const { connect } = await import("node:net");
    const mock = createMockApi({ faults: { drop: true } });
    const server = await serve(mock);
    const socket = connect(server.port, "127.0.0.1");
    let received = "";
    socket.on("data", (data) => (received += data)).on("error", () => {});
    socket.write("GET /chat-v1/sessions HTTP/1.1\r\nHost: x\r\n\r\n");
    await once(socket, "close");
    assert.equal(received, "");
    await server.close();
  });

  it("closes with stalled requests open, and frees its port", { timeout: 5000 }, async () => {
    const mock = createMockApi({ faults: [{ stall: true }, { stall: "body" }] });
    const server = await serve(mock, { port: 0 });
    const stalled = fetch(server.url + SESSIONS);
    stalled.catch(() => {});
    while (mock.requests.length < 1) await new Promise(setImmediate);
    const half = await fetch(server.url + SESSIONS);
    await server.close();
    await assert.rejects(stalled, TypeError);
    await assert.rejects(half.text(), TypeError);
    const again = createServer().listen(server.port, "127.0.0.1");
    await once(again, "listening");
    again.close();
  });

  it("tells the handler that the client has left", async () => {
    let signal;
    const server = await serve((request) => {
      signal = request.signal;
      return new Promise(() => {});
    });
    const controller = new AbortController();
    const pending = fetch(server.url, { signal: controller.signal });
    pending.catch(() => {});
    while (!signal) await new Promise(setImmediate);
    controller.abort();
    await once(signal, "abort");
    await server.close();
  });

  it("passes repeated cookies, and takes // for a path", async () => {
    let url;
    const server = await serve((request) => {
      url = request.url;
      const headers = [
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
      ];
      return new Response("ok", { headers });
    });
    const response = await fetch(`${server.url}//evil.example/x`);
    assert.deepEqual(response.headers.getSetCookie(), ["a=1", "b=2"]);
    assert.equal(url, `${server.url}//evil.example/x`);
    await server.close();
  });

  it("lets other origins in only when asked to", async () => {
    const closed = await serve(createMockApi());
    const plain = await fetch(closed.url + SESSIONS, { headers: { origin: "http://a.test" } });
    assert.equal(plain.headers.get("access-control-allow-origin"), null);
    await closed.close();

    const mock = createMockApi();
    for (const [cors, expected] of [
      [true, "http://a.test"],
      ["http://b.test", "http://b.test"],
    ]) {
      const server = await serve(mock, { cors });
      const preflight = await fetch(server.url + SESSIONS, {
        method: "OPTIONS",
        headers: { origin: "http://a.test", "access-control-request-headers": "x-api-key" },
      });
      assert.equal(preflight.status, 204);
      assert.equal(preflight.headers.get("access-control-allow-origin"), expected);
      assert.equal(preflight.headers.get("access-control-allow-headers"), "x-api-key");
      const answer = await fetch(server.url + SESSIONS, { headers: { origin: "http://a.test" } });
      assert.equal(answer.headers.get("access-control-allow-origin"), expected);
      assert.equal(answer.status, 200);
      await server.close();
    }
    assert.ok(mock.requests.every(({ method }) => method !== "OPTIONS"));
  });

  it("refuses wrong options and ports in use", async () => {
    await assert.rejects(serve(createMockApi(), { prot: 1 }), /unknown option prot/);
    await assert.rejects(serve(createMockApi(), { port: 70_000 }), /port/);
    await assert.rejects(serve({}), TypeError);
    const server = await serve(createMockApi());
    await assert.rejects(serve(createMockApi(), { port: server.port }), { code: "EADDRINUSE" });
    await server.close();
  });

  it("runs from a shell", { timeout: 10_000 }, async () => {
    const bin = fileURLToPath(new URL("../../pkg-template/src/testing/bin.js", import.meta.url));
    const args = ["--port", "0", "--delay", "0", "--api-key", "k", "--outcome", "deleted"];
    const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      const [line] = await once(child.stdout.setEncoding("utf8"), "data");
      const [url] = /http:\S+/.exec(line);
      const headers = { "x-api-key": "k" };
      assert.equal((await call(url, "POST", SESSIONS, { prompt: "?" })).status, 403);
      assert.equal((await call(url, "POST", SESSIONS, { prompt: "?" }, headers)).status, 201);
      const { json } = await call(url, "GET", `${SESSIONS}/2229`, undefined, headers);
      assert.equal(json.status, "deleted");
    } finally {
      child.kill("SIGTERM");
    }
    const [code] = await once(child, "exit");
    assert.equal(code, 0);
    const failing = promisify(execFile)(process.execPath, [bin, "--delay", "soon"]);
    await assert.rejects(failing, (error) => error.code === 1 && /--delay/.test(error.stderr));
  });
});
