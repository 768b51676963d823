// The selection of requests by faults: scripts of faults, and functions.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createMockApi } from "../../../pkg-template/src/testing/index.js";
import { call, create, get, SESSIONS } from "./harness.mjs";

const codes = async (mock, count, request = () => get(mock, 2229)) => {
  const seen = [];
  for (let attempt = 0; attempt < count; attempt += 1) seen.push((await request()).status);
  return seen;
};

test("a fault selects an operation, a session, the nth request or a match, in the order of the script", async () => {
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

test("a function decides on the fault of each request", async () => {
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

test("faults can be removed, and reset restores the faults of the options", async () => {
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

test("a function that throws causes a 500 with its message", async () => {
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
