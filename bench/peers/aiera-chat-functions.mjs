import { createSession, pollSession } from "../../pkg/index.mjs";

/** @type {import("../lib/peers.mjs").Connect} */
export function connect({ baseUrl, key, fetch, timeoutMs }) {
  const options = {
    apiKey: key,
    baseUrl,
    fetch,
    requestTimeoutMs: timeoutMs,
    dangerouslyAllowBrowser: true,
  };
  return {
    create: async () => (await createSession({ prompt: "?" }, options)).id,
    wait: (id, { intervalMs, signal } = {}) =>
      pollSession(id, { ...options, signal, intervalMs, maxIntervalMs: intervalMs }),
  };
}
