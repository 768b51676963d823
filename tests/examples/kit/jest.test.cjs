const client = require("aiera-chat");
const testing = require("aiera-chat/testing");
const { tenMinutes } = require("./minutes.cjs");

beforeEach(() => jest.useFakeTimers({ doNotFake: ["nextTick", "queueMicrotask", "setImmediate"] }));
afterEach(() => jest.useRealTimers());

test("ten minutes", async () => {
  const waited = await tenMinutes(client, testing, (ms) => jest.advanceTimersByTimeAsync(ms));
  expect(waited.status).toBe("active");
  expect(waited.seen).toEqual(["finding_sources", "generating_response", "active"]);
  expect(waited.minutes).toBeGreaterThanOrEqual(10);
  expect(waited.minutes).toBeLessThan(10.5);
});
