// @ts-check
// The measured clients, with the paths and statuses of their services. ../peers has the code that uses them.
import { SETTINGS } from "./peer-settings.mjs";

/**
 * @typedef {object} Connection
 * @property {object} [client] the object that a user keeps, and may accidentally log
 * @property {() => Promise<any>} create starts a job and resolves with the argument of `poll`
 * @property {(created: any, options?: { intervalMs?: number, signal?: AbortSignal }) => Promise<any>} poll
 *   resolves when the job is done
 */

/**
 * @typedef {{ baseUrl: string, key: string, fetch?: typeof globalThis.fetch, timeoutMs?: number, withoutRetries?: boolean,
 * [setting: string]: any, }} ConnectOptions `timeoutMs` is for one request; `withoutRetries` turns retries off if the
 * client has such an option
 * @typedef {(options: ConnectOptions) => Connection} Connect
 */

/**
 * @typedef {object} Peer
 * @property {string} name
 * @property {string} package
 * @property {string} file the module in ../peers
 * @property {RegExp} createPath the path of a request that starts a job
 * @property {RegExp} pollPath the path of a request for a job's status; the first group is the job's id
 * @property {[string, string, string]} statuses of a created, a running, and a finished job
 * @property {RegExp} [statusOnlyPath] polls without the result, which takes one more request
 * @property {string[]} [modules] the user's imports, if not the package
 * @property {boolean} [pollsOnly] the library does not send requests
 * @property {boolean} [fixedInterval] the client has no option for the polling interval
 * @property {string} [notInBrowser] the reason why it does not run in a page
 * @property {string} [remark]
 * @property {Record<string, string>} [remarks] remarks that replace `remark`, by question
 * @property {string[]} [questions] the questions that include it; all, if absent
 * @property {(options: ConnectOptions) => object} [settings] more options to connect with
 * @property {number} [intervalMs] the polling interval, if not the client's default
 * @property {boolean} [sharedClient] one client polls all sessions; otherwise each session has a new client
 */

const README_NO_BROWSER = "its README says not to use it in a browser";
const REFUSES_BROWSER = "refuses to run in a browser";
const COMMONJS = "CommonJS only";
const FIXED_INTERVAL = "its interval is fixed: this is a loop around its `retrieve`";
const DOCUMENTED_LOOP = "no polling helper: this is the loop from its documentation";
const NO_RESULT_IN_POLLS = "its own service never sends the result with a poll";
const POLLS_ONLY = "polling only, no requests; its README advises against direct use";

/** Each client, used as documented. @type {Omit<Peer, "package">[]} */
const DEFAULTS = [
  {
    name: "hand-written",
    file: "hand-written.mjs",
    modules: ["../peers/hand-written.mjs"],
    createPath: /^\/chat-v1\/sessions$/,
    pollPath: /^\/chat-v1\/sessions\/(\d+)$/,
    statuses: ["finding_sources", "generating_response", "active"],
    remark: "no abort, no overall deadline; handles `active` only",
  },
  {
    name: "aiera-chat",
    file: "aiera-chat.mjs",
    modules: ["../../pkg/index.mjs"],
    createPath: /^\/chat-v1\/sessions$/,
    pollPath: /^\/chat-v1\/sessions\/(\d+)$/,
    statuses: ["finding_sources", "generating_response", "active"],
  },
  {
    name: "openai",
    file: "openai.mjs",
    createPath: /^\/vector_stores\/store\/files$/,
    pollPath: /^\/vector_stores\/store\/files\/(\d+)$/,
    statuses: ["in_progress", "in_progress", "completed"],
    remarks: {
      lag: "at its default of 5 s; its service can set another interval in a header",
      "cost-5mb": NO_RESULT_IN_POLLS,
      "cost-5mb-unchanged": NO_RESULT_IN_POLLS,
    },
  },
  {
    name: "@anthropic-ai/sdk",
    file: "anthropic.mjs",
    createPath: /^\/v1\/messages\/batches$/,
    pollPath: /^\/v1\/messages\/batches\/(\d+)$/,
    statuses: ["in_progress", "in_progress", "ended"],
    remark: DOCUMENTED_LOOP,
    remarks: {
      lag: `${DOCUMENTED_LOOP}, every 60 s; its batches take up to 24 hours`,
      scale: `${DOCUMENTED_LOOP}, every 60 s`,
      safety: `${DOCUMENTED_LOOP}; an abort waits for the loop's sleep`,
      "cost-5mb": `${DOCUMENTED_LOOP}; ${NO_RESULT_IN_POLLS}`,
      "cost-5mb-unchanged": `${DOCUMENTED_LOOP}; ${NO_RESULT_IN_POLLS}`,
    },
  },
  {
    name: "replicate",
    file: "replicate.mjs",
    createPath: /^\/predictions$/,
    pollPath: /^\/predictions\/(\d+)$/,
    statuses: ["starting", "processing", "succeeded"],
    remarks: { size: README_NO_BROWSER, "start-browser": README_NO_BROWSER, import: COMMONJS },
  },
  {
    name: "@fal-ai/client",
    file: "fal.mjs",
    createPath: /^\/a\/model$/,
    pollPath: /^\/a\/model\/requests\/(\d+)(?:\/status(?:\/stream)?)?$/,
    statuses: ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"],
    statusOnlyPath: /\/status/,
    remarks: {
      lag: "one more request fetches the result",
      import: COMMONJS,
      cost: "the request for the result counts as a poll",
      "cost-5mb": "its polls carry no result: 5 MB arrive once a session",
      "cost-5mb-unchanged": "its polls carry no result: 5 MB arrive once a session",
    },
  },
  {
    name: "assemblyai",
    file: "assemblyai.mjs",
    createPath: /^\/v2\/transcript$/,
    pollPath: /^\/v2\/transcript\/(\d+)$/,
    statuses: ["queued", "processing", "completed"],
  },
  {
    name: "@azure/core-lro",
    file: "core-lro.mjs",
    createPath: /^\/operations$/,
    pollPath: /^\/operations\/(\d+)$/,
    statuses: ["Running", "Running", "Succeeded"],
    pollsOnly: true,
    remark: POLLS_ONLY,
    remarks: { lag: "polling only; at its default of 2 s, which a `Retry-After` would change" },
  },
  {
    name: "@runwayml/sdk",
    file: "runway.mjs",
    createPath: /^\/v1\/image_to_video$/,
    pollPath: /^\/v1\/tasks\/(\d+)$/,
    statuses: ["PENDING", "RUNNING", "SUCCEEDED"],
    fixedInterval: true,
    notInBrowser: REFUSES_BROWSER,
    remarks: {
      size: REFUSES_BROWSER,
      "start-node": FIXED_INTERVAL,
      cost: FIXED_INTERVAL,
      "cost-5mb": `${FIXED_INTERVAL}; ${NO_RESULT_IN_POLLS}`,
      "cost-5mb-unchanged": `${FIXED_INTERVAL}; ${NO_RESULT_IN_POLLS}`,
      allocations: FIXED_INTERVAL,
      scale:
        "sleeps 4.5 to 7.5 s before its first poll; memory is that of a loop around its `retrieve`",
    },
  },
];

/** The clients' names, aiera-chat first. */
export const CLIENTS = DEFAULTS.map(({ name }) => name).sort(
  (a, b) => Number(b === "aiera-chat") - Number(a === "aiera-chat"),
);

/** Each client, followed by its other settings. @type {Peer[]} */
export const PEERS = DEFAULTS.map((peer) => ({ ...peer, package: peer.name })).flatMap((peer) => [
  peer,
  ...SETTINGS.filter((setting) => setting.package === peer.package).map((setting) => ({
    ...peer,
    // Remarks on the defaults do not apply to other settings.
    remark: "",
    remarks: {},
    ...setting,
  })),
]);

/**
 * @param {string} name
 * @returns {Peer}
 */
export function peerNamed(name) {
  const peer = PEERS.find((one) => one.name === name);
  if (!peer) throw new Error(`there is no peer called ${name}`);
  return peer;
}

/**
 * Loads a peer's `connect`, with its settings applied.
 * @param {Peer} peer
 * @returns {Promise<Connect>}
 */
export async function loadConnect({ file, settings }) {
  const { connect } = await import(`../peers/${file}`);
  return settings ? (options) => connect({ ...options, ...settings(options) }) : connect;
}

/**
 * The HTTP response of a peer's service.
 * @param {Peer} peer
 * @param {{ id: number, stage: number, origin?: string, title?: string, messages?: unknown[] }} job `stage` is an index
 * into the peer's statuses; any other number means a status that no client knows
 */
export function responseOf(
  { statuses },
  { id, stage, origin = "", title = "a session", messages = [] },
) {
  const status = statuses[stage] ?? "musing";
  const body = {
    id: String(id),
    request_id: String(id),
    status,
    processing_status: status,
    title,
    messages,
    urls: {},
  };
  return {
    headers: {
      "Content-Type": "application/json",
      ...(stage === 2 ? {} : { "Operation-Location": `${origin}/operations/${id}` }),
    },
    body: JSON.stringify(statuses[0] === "finding_sources" ? { ...body, id } : body),
  };
}
