// The poller that has begun the work does the waiting too, for all who wait.
import { createHttpPoller } from "@azure/core-lro";
import { operationOf } from "./core-lro.mjs";

/** @type {import("../lib/peers.mjs").Connect} */
export function connect(to) {
  const operation = operationOf(to);
  return {
    async create() {
      // A promise too: in an object, or it would be awaited away.
      const poller = createHttpPoller(operation);
      await poller.submitted();
      return { poller };
    },
    wait: ({ poller }, { signal } = {}) => poller.pollUntilDone({ abortSignal: signal }),
  };
}
