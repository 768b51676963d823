// Message batches. The SDK has no polling helper: the loop is the one in its documentation.

/** @param {import("../lib/peers.mjs").ConnectOptions} options */
export const clientOptions = ({ baseUrl, key, fetch, timeoutMs, withoutRetries }) => ({
  apiKey: key,
  baseURL: baseUrl,
  fetch,
  timeout: timeoutMs,
  ...(withoutRetries ? { maxRetries: 0 } : {}),
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
  async poll(id, { intervalMs = 60_000, signal } = {}) {
    for (;;) {
      const batch = await batches.retrieve(id, {}, { signal });
      if (batch.processing_status === "ended") return batch;
      await new Promise((resolve) => setTimeout(resolve, intervalMs));
    }
  },
});
