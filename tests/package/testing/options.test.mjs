// The options of `createMockApi`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AieraChatError } from "../../../pkg-template/src/errors.js";
import { createMockApi } from "../../../pkg-template/src/testing/index.js";
import { create, NOW } from "./harness.mjs";

const WRONG = [
  [{ stagse: [] }, /unknown option stagse/],
  [{ stages: [] }, /stages/],
  [
    { stages: [{ status: "a" }, { status: "b" }] },
    /options\.stages\[0\] must have either ms or polls/,
  ],
  [{ stages: [{ status: "a", ms: 1, polls: 1 }, { status: "b" }] }, /stages\[0\]/],
  [{ stages: [{ status: "a", ms: 1 }] }, /stages\[0\]: the last stage/],
  [{ stages: [{ polls: 1 }, { status: "b" }] }, /stages\[0\]\.status is missing/],
  [{ stages: [{ status: "a", ms: -1 }, { status: "b" }] }, /stages\[0\]\.ms must be/],
  [{ stages: [{ status: "a" }], polls: 1 }, /stages and polls contradict/],
  [{ polls: 1, delayMs: 5 }, /polls and delayMs contradict/],
  [{ stages: [null] }, /stages\[0\]\.status is missing/],
  [{ stages: [{ status: "a", message: "" }] }, /stages\[0\]\.message/],
  [{ stages: [{ status: "a", response: "no" }] }, /stages\[0\]\.response/],
  [{ basePath: "api" }, /basePath must be a path such as "\/api"/],
  [{ basePath: "/api?x" }, /basePath/],
  [{ basePath: new URL("https://api.test/api") }, /basePath/],
  [{ afterDelete: "404" }, /afterDelete must be "not-found" or "deleted", not "404"/],
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
  [
    { faults: [{ drop: true }, { dorp: true }] },
    /faults\[1\] has an unknown option dorp\. Did you mean drop\?/,
  ],
  [{ faults: { drop: true, stall: true } }, /drop and stall contradict/],
  [{ faults: { operation: "createChat" } }, /operation/],
  [{ faults: { status: 99 } }, /status/],
  [{ faults: { garble: "xml" } }, /garble/],
  [{ faults: { headers: { a: 1 } } }, /headers/],
  [{ faults: { nth: 0 } }, /nth/],
  [{ faults: { times: 0 } }, /times/],
  [{ faults: [null] }, /faults\[0\]/],
  ["options", /createMockApi/],
  [[], /createMockApi/],
];
for (const [options, message] of WRONG) {
  test(`createMockApi refuses ${JSON.stringify(options)}`, () => {
    assert.throws(
      () => createMockApi(options),
      (error) =>
        error instanceof AieraChatError &&
        error.code === "invalid_argument" &&
        error.message.startsWith("createMockApi: options") &&
        message.test(error.message),
    );
  });
}

test("an error does not show the apiKey", () => {
  for (const options of [{ apiKey: ["secret"] }, { apiKey: { key: "secret" } }, "secret"]) {
    assert.throws(
      () => createMockApi(options),
      (error) => !/secret/.test(error.message),
    );
  }
});

test("null and undefined mean absent, and a test can fix the ids and the time", async () => {
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

test("latencyMs accepts a range and a function", async () => {
  for (const latencyMs of [[30, 40], () => 30]) {
    const start = performance.now();
    await create(createMockApi({ latencyMs }));
    assert.ok(performance.now() - start >= 25);
  }
});
