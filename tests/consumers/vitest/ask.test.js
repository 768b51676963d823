import { expect, test } from "vitest";
import { AieraChat } from "aiera-chat";
import { createMockApi } from "aiera-chat/testing";

test("asks over HTTP", async () => {
  const chat = new AieraChat({ baseUrl: process.env.AIERA_BASE_URL });
  const done = await chat.pollSession(await chat.createSession({ prompt: "?" }), {
    intervalMs: 20,
  });
  expect(done.status).toBe("active");
  const answer = await chat.ask("And the margins?", { session: done, intervalMs: 20 });
  expect(answer.text).toBe("Deliveries rose. [c1]");
  expect(answer.citations[0].label).toBe("T1.2");
});

test("asks the mock", async () => {
  const { fetch } = createMockApi({
    stages: [{ status: "finding_sources", ms: 30 }, { status: "active" }],
  });
  const chat = new AieraChat({ fetch });
  const done = await chat.pollSession(await chat.createSession({ prompt: "?" }), {
    intervalMs: 20,
  });
  expect(done.messages.at(-1).message_type).toBe("response");
});
