// Files of a vector store: the jobs with a polling helper in the SDK.
import OpenAI from "openai";

/** @type {import("../lib/peers.mjs").Connect} */
export function connect({ baseUrl, key, fetch, timeoutMs, withoutRetries, fetchOptions }) {
  const client = new OpenAI({
    apiKey: key,
    baseURL: baseUrl,
    fetch,
    fetchOptions,
    timeout: timeoutMs,
    ...(withoutRetries ? { maxRetries: 0 } : {}),
    dangerouslyAllowBrowser: true,
  });
  const files = client.vectorStores.files;
  return {
    client,
    create: async () => (await files.create("store", { file_id: "?" })).id,
    poll: (id, { intervalMs, signal } = {}) =>
      files.poll("store", id, { pollIntervalMs: intervalMs, signal }),
  };
}
