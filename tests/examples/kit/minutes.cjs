// Waits ten minutes for an answer, under the fake timers that the caller has installed.

/**
 * @param {Pick<typeof import("aiera-chat"), "AieraChat">} client
 * @param {Pick<typeof import("aiera-chat/testing"), "createMockApi">} testing
 * @param {(ms: number) => unknown} advance moves the fake clock
 */
exports.tenMinutes = async ({ AieraChat }, { createMockApi }, advance) => {
  const began = Date.now();
  const mock = createMockApi({
    stages: [
      { status: "finding_sources", ms: 300_000 },
      { status: "generating_response", ms: 300_000 },
      { status: "active" },
    ],
  });
  const chat = new AieraChat({ fetch: mock.fetch });
  const session = await chat.createSession({ prompt: "Tesla?" });

  const seen = [];
  let over = false;
  const waiting = chat
    .pollSession(session, { timeoutMs: 900_000, onUpdate: ({ status }) => seen.push(status) })
    .finally(() => (over = true));
  while (!over) {
    // The platform's streams take real turns of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    await advance(1_000);
  }
  const { status } = await waiting;
  return { status, seen, minutes: (Date.now() - began) / 60_000, requests: mock.requests.length };
};
