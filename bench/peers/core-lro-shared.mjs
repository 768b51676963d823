// The poller that created the operation serves all callers that poll it.
import { createHttpPoller } from "@azure/core-lro";
import { createOperation } from "./core-lro.mjs";

/** @type {import("../lib/peers.mjs").Connect} */
export function connect(options) {
  const operation = createOperation(options);
  return {
    async create() {
      // In an object, since a poller is a promise of its result, for which `await` would wait.
      const poller = createHttpPoller(operation);
      await poller.submitted();
      return { poller };
    },
    poll: ({ poller }, { signal } = {}) => poller.pollUntilDone({ abortSignal: signal }),
  };
}
