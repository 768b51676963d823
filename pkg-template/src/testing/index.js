// @ts-check
// `aiera-chat/testing`: puts the mock API together. Web-standard globals only, so that it runs in
// pages, workers, Node, Deno and Bun; nothing happens on import. Real ports: node.js beside this.

import { exchange } from "./exchange.js";
import { FaultScript } from "./faults.js";
import { createFetch } from "./fetch.js";
import { checkOptions } from "./options.js";
import { Store } from "./store.js";
import { createClock } from "./timing.js";

/** @type {typeof import("../../testing.js").createMockApi} */
export function createMockApi(given) {
  const options = checkOptions(given);

  /** @returns {import("./exchange.js").Mock} */
  const fresh = () => {
    const clock = createClock(options.now);
    const store = new Store(options, clock);
    return { options, clock, store, faults: new FaultScript(options.faults), requests };
  };
  /** @type {import("../../testing.js").MockRequest[]} */
  const requests = [];
  let mock = fresh();

  return {
    fetch: createFetch((incoming) => exchange(mock, incoming)),
    handler: async (request) => {
      const { method, url, headers, signal } = request;
      try {
        return await exchange(mock, { method, url, headers, text: () => request.text(), signal });
      } catch {
        // The client has left. Hosts report a rejection as a fault of the handler's.
        return Response.error();
      }
    },
    requests,
    get sessions() {
      const view = { include_messages: true };
      return [...mock.store.sessions.values()].map((session) =>
        mock.store.view(mock.store.advance(session), view),
      );
    },
    fail: (faults) => mock.faults.add(faults),
    reset() {
      requests.length = 0;
      mock = fresh();
    },
  };
}
