// A typical loop over fetch: a key, a timeout for each request, and a check of the status.
const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @type {import("../lib/peers.mjs").Connect} */
export function connect({ baseUrl, key, fetch = globalThis.fetch, timeoutMs = 30_000 }) {
  const request = async (/** @type {string} */ path, /** @type {RequestInit} */ init) => {
    const response = await fetch(baseUrl + path, {
      ...init,
      headers: { "X-API-Key": key, "Content-Type": "application/json" },
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return response.json();
  };
  return {
    create: async () =>
      (await request("/chat-v1/sessions", { method: "POST", body: '{"prompt":"?"}' })).id,
    async poll(id, { intervalMs = 1_000 } = {}) {
      for (;;) {
        const session = await request(`/chat-v1/sessions/${id}?include_messages=true`, {});
        if (session.status === "active") return session;
        await sleep(intervalMs);
      }
    },
  };
}
