import assert from "node:assert/strict";
import { http } from "msw";
import { setupServer } from "msw/node";
import { AieraChat } from "aiera-chat";
import { createMockApi } from "aiera-chat/testing";

const mock = createMockApi({
  apiKey: "a key",
  polls: 1,
  answer: "Deliveries rose.",
  faults: { operation: "getSession", nth: 1, status: 503, headers: { "Retry-After": "0" } },
});
const server = setupServer(http.all("*/chat-v1/*", ({ request }) => mock.handler(request)));
server.listen({ onUnhandledRequest: "error" });
try {
  const chat = new AieraChat({ apiKey: "a key" });
  const session = await chat.createSession({ prompt: "Tesla?" });
  const done = await chat.pollSession(session, { intervalMs: 20 });
  assert.equal(done.messages.at(-1).blocks[0].content, "Deliveries rose.");
  assert.equal(new URL(mock.requests[0].url).origin, "https://premium.aiera.com");
  assert.ok(mock.requests.length >= 3);
  const stranger = new AieraChat({ apiKey: "another key" });
  await assert.rejects(stranger.createSession({ prompt: "?" }), { code: "http", status: 403 });
} finally {
  server.close();
}
console.log("answered");
