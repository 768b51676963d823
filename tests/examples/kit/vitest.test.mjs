import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as client from "aiera-chat";
import * as testing from "aiera-chat/testing";
import { tenMinutes } from "./minutes.cjs";

beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
afterEach(() => vi.useRealTimers());

test("ten minutes", async () => {
  const waited = await tenMinutes(client, testing, (ms) => vi.advanceTimersByTimeAsync(ms));
  expect(waited.status).toBe("active");
  expect(waited.seen).toEqual(["finding_sources", "generating_response", "active"]);
  expect(waited.minutes).toBeGreaterThanOrEqual(10);
  expect(waited.minutes).toBeLessThan(10.5);
});
