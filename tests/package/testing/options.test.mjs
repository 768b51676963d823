// The options of `createMockApi`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createMockApi } from "../../../pkg-template/src/testing/index.js";
import { create, NOW } from "./harness.mjs";

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
  test(`refuses ${JSON.stringify(options)}`, () => {
    assert.throws(
      () => createMockApi(options),
      (error) => error instanceof TypeError && message.test(error.message),
    );
  });
}

test("takes null and undefined as absent, and ids and times that a test fixes", async () => {
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

test("takes the latency as a range or a function", async () => {
  for (const latencyMs of [[30, 40], () => 30]) {
    const start = performance.now();
    await create(createMockApi({ latencyMs }));
    assert.ok(performance.now() - start >= 25);
  }
});
