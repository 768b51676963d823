// @ts-check
// Who is measured, and the words that each one's service has for where its work stands. How each is used is in ../peers.
import { SETTINGS } from "./settings.mjs";

/**
 * @typedef {object} Connection
 * @property {object} [client] what a user would keep, and print by accident
 * @property {() => Promise<any>} create starts work, and gives what is to be waited for
 * @property {(started: any, how?: { intervalMs?: number, signal?: AbortSignal }) => Promise<any>} wait
 */

/**
 * @typedef {{
 *   baseUrl: string, key: string, fetch?: typeof globalThis.fetch, timeoutMs?: number, once?: boolean, [setting: string]: any
 * }} To with `once`, nothing is repeated where the client can be told so
 * @typedef {(to: To) => Connection} Connect
 */

/**
 * @typedef {object} Peer
 * @property {string} name
 * @property {string} package
 * @property {string} file
 * @property {RegExp} creates the paths of requests that start work
 * @property {RegExp} asks the paths of requests for where it stands; the first group is its id
 * @property {[string, string, string]} words for work that is started, goes on, and is done
 * @property {RegExp} [bare] the paths of those requests whose answers never carry the result, which then takes one more
 * @property {string[]} [imports] what is imported, where that is not the package
 * @property {boolean} [waitsAlone] the requests are the caller's
 * @property {boolean} [ownInterval] it cannot be set
 * @property {string} [remark]
 * @property {Record<string, string>} [remarks] in its place, by question
 * @property {string} [noPages] why it does not run in a page
 * @property {string[]} [only] the questions that it is in; all, where there is none
 * @property {(to: To) => object} [given] the setting: what the peer is connected with besides
 * @property {number} [intervalMs] the one that it is asked for, in place of its own
 * @property {boolean} [learning] one client sees all sessions; else there is a new one for each
 */

const NO_BROWSER = "its README: not from a browser";
const NO_PAGES = "refuses to run in a browser";
const COMMONJS = "CommonJS alone";
const LOOP = "its interval cannot be set: the loop is one around its `retrieve`";
const DOCS = "no helper that waits: the loop of its documentation";
const SHAPE = "its own service never sends the result with a poll";

/** One for each client, as its documentation uses it. @type {Omit<Peer, "package">[]} */
const PLAIN = [
  {
    name: "hand-written",
    file: "hand-written.mjs",
    imports: ["./peers/hand-written.mjs"],
    creates: /^\/chat-v1\/sessions$/,
    asks: /^\/chat-v1\/sessions\/(\d+)$/,
    words: ["finding_sources", "generating_response", "active"],
    remark: "no abort, no deadline of the wait; knows `active` alone",
  },
  {
    name: "aiera-chat",
    file: "aiera-chat.mjs",
    imports: ["../pkg/index.mjs"],
    creates: /^\/chat-v1\/sessions$/,
    asks: /^\/chat-v1\/sessions\/(\d+)$/,
    words: ["finding_sources", "generating_response", "active"],
  },
  {
    name: "openai",
    file: "openai.mjs",
    creates: /^\/vector_stores\/store\/files$/,
    asks: /^\/vector_stores\/store\/files\/(\d+)$/,
    words: ["in_progress", "in_progress", "completed"],
    remarks: {
      lag: "modelled at its default, 5 s; its service may name another in a header",
      "cost-5mb": SHAPE,
    },
  },
  {
    name: "@anthropic-ai/sdk",
    file: "anthropic.mjs",
    creates: /^\/v1\/messages\/batches$/,
    asks: /^\/v1\/messages\/batches\/(\d+)$/,
    words: ["in_progress", "in_progress", "ended"],
    remark: DOCS,
    remarks: {
      lag: `${DOCS}, 60 s; its batches may take 24 hours`,
      scale: `${DOCS}, 60 s`,
      safety: `${DOCS}, whose sleep an abort waits for`,
      "cost-5mb": `${DOCS}; ${SHAPE}`,
    },
  },
  {
    name: "replicate",
    file: "replicate.mjs",
    creates: /^\/predictions$/,
    asks: /^\/predictions\/(\d+)$/,
    words: ["starting", "processing", "succeeded"],
    remarks: { size: NO_BROWSER, "start-browser": NO_BROWSER, import: COMMONJS },
  },
  {
    name: "@fal-ai/client",
    file: "fal.mjs",
    creates: /^\/a\/model$/,
    asks: /^\/a\/model\/requests\/(\d+)(?:\/status(?:\/stream)?)?$/,
    words: ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"],
    bare: /\/status/,
    remarks: {
      lag: "the result is a request of its own",
      import: COMMONJS,
      cost: "the result is a request of its own, counted as a poll",
      "cost-5mb": "its polls carry no result: 5 MB once a session",
    },
  },
  {
    name: "assemblyai",
    file: "assemblyai.mjs",
    creates: /^\/v2\/transcript$/,
    asks: /^\/v2\/transcript\/(\d+)$/,
    words: ["queued", "processing", "completed"],
  },
  {
    name: "@azure/core-lro",
    file: "core-lro.mjs",
    creates: /^\/operations$/,
    asks: /^\/operations\/(\d+)$/,
    words: ["Running", "Running", "Succeeded"],
    waitsAlone: true,
    remark: "the waiting alone, not the requests; its README: not for direct use",
    remarks: {
      lag: "the waiting alone; modelled at its default, 2 s, which a Retry-After would change",
    },
  },
  {
    name: "@runwayml/sdk",
    file: "runway.mjs",
    creates: /^\/v1\/image_to_video$/,
    asks: /^\/v1\/tasks\/(\d+)$/,
    words: ["PENDING", "RUNNING", "SUCCEEDED"],
    ownInterval: true,
    noPages: NO_PAGES,
    remarks: {
      size: NO_PAGES,
      "start-node": LOOP,
      cost: LOOP,
      "cost-5mb": `${LOOP}; ${SHAPE}`,
      allocations: LOOP,
      scale: `sleeps 4.5 to 7.5 s before it first asks; memory: ${LOOP}`,
    },
  },
];

/** The clients' names, our own first. */
export const CLIENTS = PLAIN.map(({ name }) => name).sort(
  (a, b) => Number(b === "aiera-chat") - Number(a === "aiera-chat"),
);

/** Each client, and its settings after it. @type {Peer[]} */
export const PEERS = PLAIN.map((plain) => ({ ...plain, package: plain.name })).flatMap((plain) => [
  plain,
  ...SETTINGS.filter((setting) => setting.package === plain.package).map((setting) => ({
    ...plain,
    // Those are of its plain use.
    remark: "",
    remarks: {},
    ...setting,
  })),
]);

/**
 * @param {string} name
 * @returns {Peer}
 */
export function peer(name) {
  const found = PEERS.find((one) => one.name === name);
  if (!found) throw new Error(`there is no peer ${name}`);
  return found;
}

/**
 * Its `connect`, with its setting.
 * @param {Peer} which
 * @returns {Promise<Connect>}
 */
export async function connectOf({ file, given }) {
  const { connect } = await import(`../peers/${file}`);
  return given ? (to) => connect({ ...to, ...given(to) }) : connect;
}

/**
 * What the service of a peer answers.
 * @param {Peer} which
 * @param {{ id: number, stage: number, origin?: string, title?: string, messages?: unknown[] }} state the stage is an index
 *   of the words; another one is a word that no client knows
 */
export function answer({ words }, { id, stage, origin = "", title = "a session", messages = [] }) {
  const status = words[stage] ?? "musing";
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
    body: JSON.stringify(words[0] === "finding_sources" ? { ...body, id } : body),
  };
}
