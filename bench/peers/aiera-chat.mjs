import { AieraChat } from "../../pkg/index.mjs";

/** @param {import("../lib/peers.mjs").To} to */
export const optionsOf = ({ baseUrl, key, fetch, timeoutMs }) => ({
  apiKey: key,
  baseUrl,
  fetch,
  requestTimeoutMs: timeoutMs,
  dangerouslyAllowBrowser: true,
});

/** @type {import("../lib/peers.mjs").Connect} */
export function connect(to) {
  const client = new AieraChat(optionsOf(to));
  return {
    client,
    create: async () => (await client.createSession({ prompt: "?" })).id,
    wait: (id, { intervalMs, signal } = {}) =>
      client.pollSession(id, { signal, intervalMs, maxIntervalMs: intervalMs }),
  };
}
