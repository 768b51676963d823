import OpenAI from "openai";

/** @type {import("../lib/peers.mjs").Connect} */
export function connect({ baseUrl, key, fetch, timeoutMs, once, fetchOptions }) {
  const client = new OpenAI({
    apiKey: key,
    baseURL: baseUrl,
    fetch,
    fetchOptions,
    timeout: timeoutMs,
    ...(once ? { maxRetries: 0 } : {}),
    dangerouslyAllowBrowser: true,
  });
  const files = client.vectorStores.files;
  return {
    client,
    create: async () => (await files.create("store", { file_id: "?" })).id,
    wait: (id, { intervalMs, signal } = {}) =>
      files.poll("store", id, { pollIntervalMs: intervalMs, signal }),
  };
}
