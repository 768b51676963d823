// Its waiting has no interval that could be set: where one is asked for, the loop is written around its `retrieve`.
import RunwayML from "@runwayml/sdk";

/** @type {import("../lib/peers.mjs").Connect} */
export function connect({ baseUrl, key, fetch, timeoutMs, once }) {
  const client = new RunwayML({
    apiKey: key,
    baseURL: baseUrl,
    fetch,
    timeout: timeoutMs,
    ...(once ? { maxRetries: 0 } : {}),
  });
  return {
    client,
    async create() {
      // A promise that has the waiting: in an object, or it would be awaited away.
      const task = client.imageToVideo.create(/** @type {any} */ ({ model: "gen4_turbo" }));
      await task;
      return { task };
    },
    async wait({ task: begun }, { intervalMs, signal } = {}) {
      if (intervalMs === undefined) return begun.waitForTaskOutput({ abortSignal: signal });
      const { id } = await begun;
      for (;;) {
        const task = await client.tasks.retrieve(id, { signal });
        if (task.status === "SUCCEEDED") return task;
        await new Promise((resolve) => setTimeout(resolve, intervalMs));
      }
    },
  };
}
