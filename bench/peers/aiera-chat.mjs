import { AieraChat } from "../../pkg/index.mjs";

/** @type {import("../lib/peers.mjs").Connect} */
export function connect({ baseUrl, key, fetch, timeoutMs }) {
  const client = new AieraChat({
    apiKey: key,
    baseUrl,
    fetch,
    requestTimeoutMs: timeoutMs,
    dangerouslyAllowBrowser: true,
  });
  return {
    client,
    create: async () => (await client.createSession({ prompt: "?" })).id,
    wait: (id, { intervalMs, signal } = {}) =>
      client.pollSession(id, { signal, intervalMs, maxIntervalMs: intervalMs }),
  };
}
