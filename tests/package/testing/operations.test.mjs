// The mock's seven operations and their documented errors.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createMockApi } from "../../../pkg-template/src/testing/index.js";
import { ACTIVE, call, create, get, NOW, QUICK, SESSIONS, WITH_MESSAGES } from "./harness.mjs";

test("lists by latest update, in pages", async () => {
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

test("updates what is given and keeps the rest", async () => {
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

test("deletes softly: still readable as deleted, and gone for everything else", async () => {
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

test("takes a follow-up prompt and answers it in turn", async () => {
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
  test(`400: ${method} ${path} ${JSON.stringify(body)}`, async () => {
    const mock = createMockApi();
    await create(mock, {});
    const { status, json } = await call(mock, method, SESSIONS + path, body);
    assert.equal(status, 400);
    assert.match(json.error, expected);
    assert.equal(mock.sessions.length, 1);
  });
}

test("404 for sessions that are not there, whatever the id looks like", async () => {
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

test("501 for what it does not know, 403 before that without the key", async () => {
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

test("refuses a missing or wrong key as the gateway does", async () => {
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

test("is found by its path wherever it is mounted", async () => {
  const mock = createMockApi();
  for (const mount of ["", "/api", "/a/b%20c", "/chat-v1/proxy"]) {
    const response = await mock.fetch(`http://localhost:3000${mount}${SESSIONS}`);
    assert.equal(response.status, 200, mount);
  }
});
