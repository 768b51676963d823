// How its batches are used, whichever client they are of. No helper waits: the loop is the one of its documentation.

/** @param {import("../lib/peers.mjs").To} to */
export const optionsOf = ({ baseUrl, key, fetch, timeoutMs, once }) => ({
  apiKey: key,
  baseURL: baseUrl,
  fetch,
  timeout: timeoutMs,
  ...(once ? { maxRetries: 0 } : {}),
  dangerouslyAllowBrowser: true,
});

/**
 * @param {object} client
 * @param {import("@anthropic-ai/sdk/resources/messages/batches").Batches} batches
 * @returns {import("../lib/peers.mjs").Connection}
 */
export const connection = (client, batches) => ({
  client,
  create: async () => (await batches.create({ requests: [] })).id,
  async wait(id, { intervalMs = 60_000, signal } = {}) {
    for (;;) {
      const batch = await batches.retrieve(id, {}, { signal });
      if (batch.processing_status === "ended") return batch;
      await new Promise((resolve) => setTimeout(resolve, intervalMs));
    }
  },
});
