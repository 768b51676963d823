import { AieraChat } from "../../pkg/index.mjs";

/** @param {import("../lib/peers.mjs").ConnectOptions} options */
export const clientOptions = ({ baseUrl, key, fetch, timeoutMs }) => ({
  apiKey: key,
  baseUrl,
  fetch,
  requestTimeoutMs: timeoutMs,
  dangerouslyAllowBrowser: true,
});

/** @type {import("../lib/peers.mjs").Connect} */
export function connect(options) {
  const client = new AieraChat(clientOptions(options));
  return {
    client,
    create: async () => (await client.createSession({ prompt: "?" })).id,
    poll: (id, { intervalMs, signal } = {}) =>
      client.pollSession(id, { signal, intervalMs, maxIntervalMs: intervalMs }),
  };
}
