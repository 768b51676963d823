// The mock's seven operations and their documented errors.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createMockApi } from "../../../pkg-template/src/testing/index.js";
import { ACTIVE, call, create, get, NOW, QUICK, SESSIONS, WITH_MESSAGES } from "./harness.mjs";

test("listSessions lists by latest update, in pages", async () => {
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

test("updateSession changes only the fields of the request", async () => {
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

for (const [afterDelete, status, body] of [
  [undefined, 404, { error: "session not found" }],
  ["not-found", 404, { error: "session not found" }],
  ["deleted", 200, { status: "deleted" }],
]) {
  test(`a deleted session is a ${status} with afterDelete ${afterDelete}, and not listed`, async () => {
    const mock = createMockApi({ ...QUICK, afterDelete });
    await create(mock);
    const deleted = await call(mock, "DELETE", `${SESSIONS}/2229`);
    assert.equal(deleted.status, 200);
    assert.equal(deleted.text, '{"success":true}');
    const read = await get(mock, 2229);
    assert.equal(read.status, status);
    assert.deepEqual({ ...read.json, ...body }, read.json);
    assert.equal(mock.sessions[0].status, "deleted");
    const list = (await call(mock, "GET", SESSIONS)).json;
    assert.deepEqual([list.data.length, list.pagination.total_count], [0, 0]);
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
}

test("updateSession with an empty list of sources changes nothing", async () => {
  let clock = Date.parse(NOW);
  const mock = createMockApi({ now: () => clock });
  const sources = [{ id: "1", type: "event" }];
  await create(mock, { title: "old", sources });
  const before = (await get(mock, 2229)).json;
  clock += 60_000;
  const ignored = await call(mock, "PATCH", `${SESSIONS}/2229`, { sources: [] });
  assert.equal(ignored.status, 200);
  assert.deepEqual(ignored.json, before);
  assert.deepEqual((await get(mock, 2229)).json, before);
  const titled = await call(mock, "PATCH", `${SESSIONS}/2229`, { title: "new", sources: [] });
  assert.deepEqual([titled.json.title, titled.json.sources], ["new", sources]);
});

test("the prompt message keeps its tool settings, also in a create", async () => {
  const mock = createMockApi(QUICK);
  const settings = { web_search_enabled: true, source_filters: { types: ["news"] } };
  const created = await create(mock, { prompt: "one", tool_settings: settings });
  assert.deepEqual(created.json.initial_prompt.tool_settings, settings);
  const sent = await call(mock, "POST", `${SESSIONS}/2229/prompt`, {
    content: "two",
    tool_settings: { web_search_enabled: false },
  });
  assert.deepEqual(sent.json.tool_settings, { web_search_enabled: false });
  await call(mock, "POST", `${SESSIONS}/2229/prompt`, { content: "three" });
  const prompts = (await get(mock, 2229, WITH_MESSAGES)).json.messages.filter(
    ({ message_type }) => message_type === "prompt",
  );
  assert.deepEqual(
    prompts.map(({ tool_settings }) => tool_settings),
    [settings, { web_search_enabled: false }, null],
  );
});

test("sendPrompt adds a follow-up with a new turn", async () => {
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
  test(`${method} ${path} is a 400 with the body ${JSON.stringify(body)}`, async () => {
    const mock = createMockApi();
    await create(mock, {});
    const { status, json } = await call(mock, method, SESSIONS + path, body);
    assert.equal(status, 400);
    assert.match(json.error, expected);
    assert.equal(mock.sessions.length, 1);
  });
}

test("a session that does not exist is a 404, with any spelling of its id", async () => {
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

test("an unknown operation is a 501, or a 403 without the key", async () => {
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

test("a missing or wrong key is refused as by the gateway", async () => {
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
