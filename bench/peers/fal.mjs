// What its `subscribe` does, which begins the work too.
import { createFalClient } from "@fal-ai/client";

/** @type {import("../lib/peers.mjs").Connect} */
export function connect({ baseUrl, key, fetch, mode }) {
  // `retry` of these options is not heeded here: its queue has one of its own.
  const client = createFalClient({
    credentials: key,
    suppressLocalCredentialsWarning: true,
    // Its address cannot be set.
    requestMiddleware: async (request) => ({
      ...request,
      url: request.url.replace("https://queue.fal.run", baseUrl),
    }),
    fetch,
  });
  return {
    client,
    create: async () => (await client.queue.submit("a/model", { input: {} })).request_id,
    async wait(requestId, { intervalMs, signal } = {}) {
      await client.queue.subscribeToStatus("a/model", {
        requestId,
        mode,
        pollInterval: intervalMs,
        abortSignal: signal,
      });
      return client.queue.result("a/model", { requestId, abortSignal: signal });
    },
  };
}
