// The mock's objects, field by field, compared with the API's documentation.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createMockApi } from "../../../pkg-template/src/testing/index.js";
import {
  ACTIVE,
  BASE,
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

test("the documented create has the documented response, in the documented order", async () => {
  const mock = createMockApi({ now: NOW });
  const { status, text, headers } = await create(mock, {
    title: "API Docs Example",
    prompt: PROMPT,
  });
  assert.equal(status, 201);
  assert.equal(headers.get("content-type"), "application/json");
  assert.equal(text, JSON.stringify(CREATED));
});

test("a session without a prompt has no initial_prompt, and a generated title", async () => {
  const { status, json } = await create(createMockApi(), {});
  assert.equal(status, 201);
  const { initial_prompt: _, ...expected } = CREATED;
  assert.deepEqual(Object.keys(json), Object.keys(expected));
  assert.equal(json.status, "active");
  assert.equal(json.title_status, "generated");
  assert.equal(typeof json.title, "string");
});

test("an active session has the documented shape, field by field", async () => {
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

test("hostile answers and sources are unchanged", async () => {
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

test("statuses are shown only on request, as messages and on the response", async () => {
  const mock = createMockApi({ ...QUICK, now: NOW });
  await create(mock);
  const messages = async (query) => (await get(mock, 2229, query)).json.messages;
  const plain = await messages(WITH_MESSAGES);
  assert.deepEqual(
    plain.map(({ message_type }) => message_type),
    ["prompt", "response"],
  );
  assert.ok(!("statuses" in plain[1]));
  const all = await messages(`${WITH_MESSAGES}&include_statuses=true`);
  assert.deepEqual(
    all.map(({ message_type }) => message_type),
    ["prompt", "status", "status", "response"],
  );
  const { statuses, ...response } = all[3];
  assert.deepEqual(response, plain[1]);
  assert.deepEqual(
    statuses,
    all.slice(1, 3).map(({ id, content, created_at }) => ({ id, content, created_at })),
  );
  for (const { id, content, created_at } of statuses) {
    assert.equal(typeof id, "number");
    assert.match(content, /^[A-Z][a-z ,]+$/);
    assert.equal(created_at, NOW);
  }
  assert.ok(!("statuses" in all[0]));
});

test("a response has the statuses of its own prompt", async () => {
  const stages = (prompt) => [
    { status: "finding_sources", polls: 0, message: `Looking into ${prompt}` },
    { status: "active" },
  ];
  const mock = createMockApi({ stages });
  await create(mock, { prompt: "one" });
  await get(mock, 2229);
  await call(mock, "POST", `${SESSIONS}/2229/prompt`, { content: "two" });
  const { json } = await get(mock, 2229, `${WITH_MESSAGES}&include_statuses=true`);
  const responses = json.messages.filter(({ message_type }) => message_type === "response");
  assert.deepEqual(
    responses.map(({ statuses }) => statuses.map(({ content }) => content)),
    [["Looking into one"], ["Looking into two"]],
  );
});

test("requests lists the requests in the order of their arrival", async () => {
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
