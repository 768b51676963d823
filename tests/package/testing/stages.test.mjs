// The stages of a prompt, by time and by polls.
import assert from "node:assert/strict";
import { mock as nodeMock, test } from "node:test";
import { createMockApi } from "../../../pkg-template/src/testing/index.js";
import { call, create, get, NOW, SESSIONS, WITH_MESSAGES } from "./harness.mjs";

const statuses = async (mock, count) => {
  const found = [];
  for (let poll = 0; poll < count; poll += 1) found.push((await get(mock, 2229)).json.status);
  return found;
};

test("a stage lasts for its number of polls", async () => {
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

test("a stage lasts for its time, and updated_at is the time of each change", async () => {
  let clock = Date.parse(NOW);
  const stages = [
    { status: "finding_sources", ms: 2000 },
    { status: "generating_response", ms: 3000 },
    { status: "active" },
  ];
  const mock = createMockApi({ stages, now: () => clock });
  await create(mock);
  const found = [];
  for (const step of [1999, 1, 2999, 1, 60_000]) {
    clock += step;
    const { status, updated_at } = (await get(mock, 2229)).json;
    found.push([status, updated_at]);
  }
  assert.deepEqual(found, [
    ["finding_sources", "2026-04-29T20:52:25Z"],
    ["generating_response", "2026-04-29T20:52:27Z"],
    ["generating_response", "2026-04-29T20:52:27Z"],
    ["active", "2026-04-29T20:52:30Z"],
    ["active", "2026-04-29T20:52:30Z"],
  ]);
});

test("the usual stages last five seconds, or delayMs", async () => {
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
  test(`a prompt with the outcome ${outcome} ends without a response`, async () => {
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

test("a cancelled prompt ends active without a response, and the session accepts another prompt", async () => {
  const mock = createMockApi({
    polls: 1,
    outcome: (prompt) => (prompt === "one" ? "cancelled" : "active"),
    answer: (prompt) => `re: ${prompt}`,
  });
  await create(mock, { prompt: "one" });
  assert.deepEqual(await statuses(mock, 4), [
    "finding_sources",
    "generating_response",
    "cancelling_response",
    "active",
  ]);
  const { json } = await get(mock, 2229, WITH_MESSAGES);
  assert.equal(json.active_message_id, null);
  assert.deepEqual(
    json.messages.map((message) => message.message_type),
    ["prompt"],
  );
  const { id } = (await call(mock, "POST", `${SESSIONS}/2229/prompt`, { content: "two" })).json;
  assert.deepEqual(await statuses(mock, 3), ["finding_sources", "generating_response", "active"]);
  const last = (await get(mock, 2229, WITH_MESSAGES)).json.messages.at(-1);
  assert.deepEqual([last.prompt_message_id, last.blocks[0].content], [id, "re: two"]);
});

test("a last stage with response: false scripts a turn without a response", async () => {
  const stages = [
    { status: "cancelling_response", polls: 1 },
    { status: "active", response: false },
  ];
  const mock = createMockApi({ stages });
  await create(mock);
  assert.deepEqual(await statuses(mock, 2), ["cancelling_response", "active"]);
  assert.equal((await get(mock, 2229, WITH_MESSAGES)).json.messages.length, 1);
});

test("the outcome can depend on the prompt", async () => {
  const mock = createMockApi({
    polls: 0,
    outcome: (prompt) => (prompt === "bad" ? "generating_response_error" : "active"),
  });
  await create(mock, { prompt: "bad" });
  await create(mock, { prompt: "good" });
  assert.equal((await get(mock, 2229)).json.status, "generating_response_error");
  assert.equal((await get(mock, 2230)).json.status, "active");
});

test("a follow-up can first show the previous turn as active, and has its response only at the end", async () => {
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
  const found = [];
  for (let poll = 0; poll < 3; poll += 1) {
    const { status, messages } = (await get(mock, 2229, WITH_MESSAGES)).json;
    found.push([status, messages.length]);
  }
  assert.deepEqual(found, [
    ["active", 3],
    ["finding_sources", 3],
    ["active", 4],
  ]);
});

test("a latency can exceed the longest delay of a timer", async () => {
  nodeMock.timers.enable({ apis: ["setTimeout", "Date"] });
  try {
    let answered = false;
    const pending = get(createMockApi({ latencyMs: 2 ** 31 + 5 }), 2229);
    pending.then(() => (answered = true));
    const found = [];
    for (const step of [2 ** 31 - 1, 5, 1]) {
      await new Promise(setImmediate);
      nodeMock.timers.tick(step);
      await new Promise(setImmediate);
      found.push(answered);
    }
    assert.deepEqual(found, [false, false, true]);
  } finally {
    nodeMock.timers.reset();
  }
});

test("ten minutes pass within milliseconds under fake timers", async () => {
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
    const found = new Set();
    let polls = 0;
    for (let status; status !== "active"; polls += 1) {
      nodeMock.timers.tick(5000);
      ({ status } = (await answered(get(mock, 2229))).json);
      found.add(status);
    }
    assert.deepEqual([...found], ["finding_sources", "generating_response", "active"]);
    assert.ok(polls > 100 && polls <= 120, `${polls} polls`);
  } finally {
    nodeMock.timers.reset();
  }
});
