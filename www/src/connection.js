// @ts-check
// The clients of the page: for its embedded mock, for a mock that fails, or for the proxy on the page's own origin. The page
// never has a key.
import { AieraChat } from "aiera-chat";
import { createMockApi } from "aiera-chat/testing";

/** @typedef {import("./failures.js").Failure} Failure */

/**
 * The connection of one conversation.
 *
 * @typedef {object} Connection
 * @property {(record: typeof globalThis.fetch) => Promise<AieraChat>} client creates a client whose requests pass through
 * `record`
 * @property {import("aiera-chat").PollOptions} pollOptions
 * @property {() => void} heal  ends the failure
 * @property {typeof globalThis.fetch} fetch
 */

/** The latency of each response, as on a real network. */
const LATENCY_MS = /** @type {const} */ ([80, 260]);

const API = document.querySelector('meta[name="aiera-api"]')?.getAttribute("content") ?? "mock";

/** The address of the proxy; undefined for the embedded mock. */
export const proxyUrl = API === "mock" ? undefined : new URL(API, document.baseURI);

/** The question of the sample answer, which is complete when the page opens. */
export const SAMPLE_PROMPT = "What were the key takeaways from Halden Motors' first quarter?";

const USUAL_STAGES = [
  { status: "finding_sources", ms: 1500 },
  { status: "generating_response", ms: 3500 },
  { status: "active" },
];

let isSampleAsked = false;

const mock = createMockApi({
  latencyMs: (request) => (isSampleAsked ? random(LATENCY_MS) : request.body ? 0 : 1),
  stages: () => (isSampleAsked ? USUAL_STAGES : USUAL_STAGES.slice(-1)),
});

/** The first session id of the next failure, unique in the page. */
let nextId = 4001;

/**
 * Creates the session of the sample answer, and returns its id.
 *
 * @returns {Promise<number>}
 */
export async function createSample() {
  const response = await mock.fetch("https://premium.aiera.com/api/chat-v1/sessions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ prompt: SAMPLE_PROMPT }),
  });
  isSampleAsked = true;
  return (await response.json()).id;
}

/** @returns {Connection} */
export function connectToMock() {
  return healthy(mock.fetch, {});
}

/** @returns {Connection} */
export function connect() {
  if (!proxyUrl) return connectToMock();
  return healthy(window.fetch.bind(window), { baseUrl: proxyUrl.href });
}

/**
 * @param {typeof globalThis.fetch} send
 * @param {import("aiera-chat").AieraChatOptions} options
 * @returns {Connection}
 */
function healthy(send, options) {
  return {
    fetch: send,
    client: async (record) => new AieraChat({ ...options, fetch: record }),
    pollOptions: {},
    heal() {},
  };
}

/**
 * A connection to its own mock, which fails until it is healed.
 *
 * @param {Failure} failure
 * @returns {Connection}
 */
export function connectToFailure({ mock: options = {}, client, poll = {}, withoutModule }) {
  const { faults, outcome, apiKey, ...usual } = options;
  let isHealed = false;
  const failing = createMockApi({
    latencyMs: LATENCY_MS,
    ...(usual.answer || usual.stages ? {} : { delayMs: 2500 }),
    ...usual,
    firstId: nextId++,
    outcome: outcome && (() => (isHealed ? "active" : String(outcome))),
    apiKey: apiKey && ((key) => isHealed || key === apiKey),
  });
  const removeFaults = faults ? failing.fail(/** @type {any} */ (faults)) : () => {};
  return {
    fetch: failing.fetch,
    async client(record) {
      if (isHealed) return new AieraChat({ fetch: record });
      const Client = withoutModule ? (await import("aiera-chat/slim")).AieraChat : AieraChat;
      return new Client({ ...client, fetch: record });
    },
    get pollOptions() {
      return isHealed ? {} : poll;
    },
    heal() {
      isHealed = true;
      removeFaults();
    },
  };
}

/** @param {readonly [number, number]} range */
function random([from, to]) {
  return from + Math.random() * (to - from);
}
