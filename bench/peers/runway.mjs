// The SDK's polling helper has a fixed interval. For any other interval, this is a loop around `retrieve`.
import RunwayML from "@runwayml/sdk";

/** @type {import("../lib/peers.mjs").Connect} */
export function connect({ baseUrl, key, fetch, timeoutMs, withoutRetries }) {
  const client = new RunwayML({
    apiKey: key,
    baseURL: baseUrl,
    fetch,
    timeout: timeoutMs,
    ...(withoutRetries ? { maxRetries: 0 } : {}),
  });
  return {
    client,
    async create() {
      // In an object, since the promise has the polling helper, which `await` would lose.
      const task = client.imageToVideo.create(/** @type {any} */ ({ model: "gen4_turbo" }));
      await task;
      return { task };
    },
    async poll({ task: created }, { intervalMs, signal } = {}) {
      if (intervalMs === undefined) return created.waitForTaskOutput({ abortSignal: signal });
      const { id } = await created;
      for (;;) {
        const task = await client.tasks.retrieve(id, { signal });
        if (task.status === "SUCCEEDED") return task;
        await new Promise((resolve) => setTimeout(resolve, intervalMs));
      }
    },
  };
}
