// @ts-check
// Prints the microseconds of CPU, user and system, that one poll took a client: cost-of.mjs <client> <port> <polls> <bytes>
const [client, port, polls, bytes] = process.argv.slice(2);
const SESSIONS = 4;
const baseUrl = `http://127.0.0.1:${port}`;
const headers = { "X-Polls": polls, "X-Bytes": bytes };
const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @type {Record<string, () => Promise<(id: number) => Promise<any>>>} */
const CLIENTS = {
  /** As one would write it: with a key, a time limit for each request, and a look at the status. */
  async "hand-written"() {
    return async (id) => {
      for (;;) {
        const response = await fetch(`${baseUrl}/chat-v1/sessions/${id}?include_messages=true`, {
          headers: { ...headers, "X-API-Key": "a key" },
          signal: AbortSignal.timeout(30_000),
        });
        if (!response.ok) throw new Error(`HTTP ${response.status}`);
        const session = /** @type {any} */ (await response.json());
        if (session.status === "active") return session;
        await sleep(1);
      }
    };
  },

  async "aiera-chat"() {
    const { AieraChat } = await import("../pkg/index.mjs");
    const chat = new AieraChat({ apiKey: "a key", baseUrl, headers });
    return (id) => chat.pollSession(id, { intervalMs: 1, maxIntervalMs: 1 });
  },
};

const poll = await CLIENTS[client]();
// The first one compiles, connects and warms up.
await poll(1);
const before = process.cpuUsage();
for (let id = 2; id < 2 + SESSIONS; id++) await poll(id);
const { user, system } = process.cpuUsage(before);
console.log((user + system) / (SESSIONS * Number(polls)));
