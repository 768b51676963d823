const { AieraChat } = require("aiera-chat");
const { createMockApi } = require("aiera-chat/testing");

/** jsdom has neither fetch nor Response, so the page must provide them. */
const [withFetch, withoutFetch] =
  typeof fetch === "function" ? [test, test.skip] : [test.skip, test];

withFetch("asks over HTTP", async () => {
  const chat = new AieraChat({ baseUrl: process.env.AIERA_BASE_URL });
  const session = await chat.createSession({ prompt: "?" });
  const done = await chat.pollSession(session, { intervalMs: 20 });
  expect(done.status).toBe("active");
  const answer = await chat.ask("And the margins?", { session: done, intervalMs: 20 });
  expect(answer.text).toBe("Deliveries rose. [c1]");
  expect(answer.citations[0].label).toBe("T1.2");
});

withFetch("asks the mock", async () => {
  const stages = [{ status: "finding_sources", ms: 30 }, { status: "active" }];
  const { fetch } = createMockApi({ stages });
  const chat = new AieraChat({ fetch });
  const session = await chat.createSession({ prompt: "?" });
  const done = await chat.pollSession(session, { intervalMs: 20 });
  expect(done.messages.at(-1).message_type).toBe("response");
});

withoutFetch("says that there is no fetch, since nothing was sent", async () => {
  const chat = new AieraChat();
  for (const call of [chat.createSession({ prompt: "?" }), chat.pollSession(7), chat.ask("?")]) {
    const error = await call.catch((error) => error);
    expect(error).toMatchObject({ code: "invalid_argument", retryable: false });
    expect(error.message).toMatch(/options\.fetch/);
  }
});

test("ask works with a replacement fetch", async () => {
  const statuses = ["finding_sources", "generating_response", "active"];
  const text = async () => JSON.stringify({ id: 7, status: statuses.shift() });
  const chat = new AieraChat({ fetch: async () => ({ status: 200, text }) });
  const session = await chat.createSession({ prompt: "?" });
  const done = await chat.pollSession(session, { intervalMs: 20 });
  expect(done).toEqual({ id: 7, status: "active" });
});

test("an error has the server's message", async () => {
  const text = async () => '{"error": "no such session — sorry"}';
  const chat = new AieraChat({ fetch: async () => ({ status: 404, text }) });
  const failed = expect(chat.pollSession(7)).rejects;
  await failed.toMatchObject({ code: "http", body: await text() });
});
