// The mock's objects, field by field, against the API's own documents.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createMockApi } from "../../../pkg-template/src/testing/index.js";
import {
  ACTIVE,
  call,
  create,
  CREATED,
  get,
  NOW,
  PROMPT,
  QUICK,
  SESSIONS,
  WITH_MESSAGES,
} from "./harness.mjs";

test("answers the document's create with the document's response, byte order included", async () => {
  const mock = createMockApi({ now: NOW });
  const { status, text, headers } = await create(mock, {
    title: "API Docs Example",
    prompt: PROMPT,
  });
  assert.equal(status, 201);
  assert.equal(headers.get("content-type"), "application/json");
  assert.equal(text, JSON.stringify(CREATED));
});

test("leaves initial_prompt out without a prompt, and makes a title", async () => {
  const { status, json } = await create(createMockApi(), {});
  assert.equal(status, 201);
  const { initial_prompt: _, ...expected } = CREATED;
  assert.deepEqual(Object.keys(json), Object.keys(expected));
  assert.equal(json.status, "active");
  assert.equal(json.title_status, "generated");
  assert.equal(typeof json.title, "string");
});

test("shows an active session in the documented shape, field by field", async () => {
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

test("has a default answer with a list, a table, and two citations that resolve", async () => {
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

test("passes hostile answers and sources through unaltered", async () => {
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

test("shows status messages only when asked for", async () => {
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

test("holds what arrived, in order", async () => {
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
