// @ts-check
// Who is measured, and the words that each one's service has for where its work stands. How each is used is in ../peers.

/**
 * @typedef {object} Connection
 * @property {object} [client] what a user would keep, and print by accident
 * @property {() => Promise<any>} create starts work, and gives what is to be waited for
 * @property {(started: any, how?: { intervalMs?: number, signal?: AbortSignal }) => Promise<any>} wait
 */

/**
 * @typedef {(to: {
 *   baseUrl: string, key: string, fetch?: typeof globalThis.fetch, timeoutMs?: number, once?: boolean
 * }) => Connection} Connect with `once`, nothing is repeated where the client can be told so
 */

/**
 * @typedef {object} Peer
 * @property {string} name
 * @property {string} file
 * @property {RegExp} creates the paths of requests that start work
 * @property {RegExp} asks the paths of requests for where it stands; the first group is its id
 * @property {[string, string, string]} words for work that is started, goes on, and is done
 * @property {string} [remark]
 * @property {string} [noPages] why it does not run in a page
 */

/** @type {Peer[]} */
export const PEERS = [
  {
    name: "hand-written",
    file: "hand-written.mjs",
    creates: /^\/chat-v1\/sessions$/,
    asks: /^\/chat-v1\/sessions\/(\d+)$/,
    words: ["finding_sources", "generating_response", "active"],
  },
  {
    name: "aiera-chat",
    file: "aiera-chat.mjs",
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
  },
  {
    name: "@anthropic-ai/sdk",
    file: "anthropic.mjs",
    creates: /^\/v1\/messages\/batches$/,
    asks: /^\/v1\/messages\/batches\/(\d+)$/,
    words: ["in_progress", "in_progress", "ended"],
    remark: "has no helper that waits; the loop of its documentation, 60 s",
  },
  {
    name: "replicate",
    file: "replicate.mjs",
    creates: /^\/predictions$/,
    asks: /^\/predictions\/(\d+)$/,
    words: ["starting", "processing", "succeeded"],
  },
  {
    name: "@fal-ai/client",
    file: "fal.mjs",
    creates: /^\/a\/model$/,
    asks: /^\/a\/model\/requests\/(\d+)(?:\/status)?$/,
    words: ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"],
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
    remark: "brings the waiting alone, not the requests",
  },
  {
    name: "@runwayml/sdk",
    file: "runway.mjs",
    creates: /^\/v1\/image_to_video$/,
    asks: /^\/v1\/tasks\/(\d+)$/,
    words: ["PENDING", "RUNNING", "SUCCEEDED"],
    noPages: "refuses to run in a browser",
    remark: "its interval cannot be set: where one is asked for, a loop around its `retrieve`",
  },
];

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
 * @param {Peer} which
 * @returns {Promise<Connect>}
 */
export const connectOf = async ({ file }) => (await import(`../peers/${file}`)).connect;

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
