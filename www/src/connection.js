// @ts-check
// Which API a run is on: the page's embedded mock, a mock of the run's own that fails, or the proxy on the page's own
// origin. The page itself never has a key.
import { createMockApi } from "aiera-chat/testing";

/** @typedef {import("./failures.js").Failure} Failure */
/**
 * @typedef {object} Connection
 * @property {typeof fetch} fetch
 * @property {import("aiera-chat").AieraChatOptions} options
 * @property {() => void} [heal] ends what goes wrong
 */

/** As long as a page on a network takes. */
const LATENCY_MS = /** @type {const} */ ([80, 260]);

const named = document.querySelector('meta[name="aiera-api"]')?.getAttribute("content") ?? "mock";

/** Where the proxy is, if the page has one. */
export const proxyUrl = named === "mock" ? undefined : new URL(named, document.baseURI);

const mock = createMockApi({ latencyMs: LATENCY_MS });

/** So that the sessions of failing runs are not taken for others. */
let nextId = 4001;

/**
 * @param {Failure | undefined} failure
 * @returns {Connection}
 */
export function connect(failure) {
  if (failure) {
    const { faults, ...usual } = failure.mock ?? {};
    const own = createMockApi({ latencyMs: LATENCY_MS, ...usual, firstId: nextId++ });
    const heal = faults && own.fail(/** @type {any} */ (faults));
    return { fetch: own.fetch, options: failure.client ?? {}, heal };
  }
  if (proxyUrl) {
    return {
      fetch: (input, init) => window.fetch(input, init),
      options: { baseUrl: proxyUrl.href },
    };
  }
  return { fetch: mock.fetch, options: {} };
}
