// Has no helper that waits: the loop is the one of its documentation of batches.
import Anthropic from "@anthropic-ai/sdk";

/** @type {import("../lib/peers.mjs").Connect} */
export function connect({ baseUrl, key, fetch, timeoutMs, once }) {
  const client = new Anthropic({
    apiKey: key,
    baseURL: baseUrl,
    fetch,
    timeout: timeoutMs,
    ...(once ? { maxRetries: 0 } : {}),
    dangerouslyAllowBrowser: true,
  });
  const batches = client.messages.batches;
  return {
    client,
    create: async () => (await batches.create({ requests: [] })).id,
    async wait(id, { intervalMs = 60_000, signal } = {}) {
      for (;;) {
        const batch = await batches.retrieve(id, {}, { signal });
        if (batch.processing_status === "ended") return batch;
        await new Promise((resolve) => setTimeout(resolve, intervalMs));
      }
    },
  };
}
