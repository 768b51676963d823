// The steps of the SDK's `subscribe`, which also submits the request.
import { createFalClient } from "@fal-ai/client";

/** @type {import("../lib/peers.mjs").Connect} */
export function connect({ baseUrl, key, fetch, mode }) {
  // The client's `retry` option has no effect on its queue, which has its own retry policy.
  const client = createFalClient({
    credentials: key,
    suppressLocalCredentialsWarning: true,
    // There is no option for the base URL.
    requestMiddleware: async (request) => ({
      ...request,
      url: request.url.replace("https://queue.fal.run", baseUrl),
    }),
    fetch,
  });
  return {
    client,
    create: async () => (await client.queue.submit("a/model", { input: {} })).request_id,
    async poll(requestId, { intervalMs, signal } = {}) {
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
