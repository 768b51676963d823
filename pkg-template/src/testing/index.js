// @ts-check
// `aiera-chat/testing`: assembles the mock API. It needs only globals of the web platform, so it runs in pages, workers,
// Node, Deno and Bun. Its import has no side effect.
import { exchange } from "./exchange.js";
import { FaultScript } from "./faults.js";
import { createFetch } from "./fetch.js";
import { readMockOptions } from "./options.js";
import { Store } from "./store.js";
import { createClock } from "./timing.js";

/** @type {typeof import("../../testing.js").createMockApi} */
export function createMockApi(mockOptions) {
  const options = readMockOptions(mockOptions);
  /** @type {import("../../testing.js").MockRequest[]} */
  const requests = [];

  /** @returns {import("./exchange.js").Mock} */
  const fresh = () => {
    const clock = createClock(options.now);
    const store = new Store(options, clock);
    return { options, clock, store, faults: new FaultScript(options.faults), requests };
  };
  let mock = fresh();

  /** @param {boolean} mounted */
  const handler = (mounted) => async (/** @type {Request} */ request) => {
    const { method, url, headers, signal } = request;
    const text = () => request.text();
    try {
      return await exchange(mock, { method, url, headers, text, signal, mounted });
    } catch {
      // The client has disconnected. Hosts report a rejection as a defect of the handler.
      return Response.error();
    }
  };

  return {
    fetch: createFetch((incoming) => exchange(mock, incoming)),
    handler: handler(true),
    rootHandler: handler(false),
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
