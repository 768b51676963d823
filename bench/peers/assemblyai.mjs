import { AssemblyAI } from "assemblyai";

/** @type {import("../lib/peers.mjs").Connect} */
export function connect({ baseUrl, key }) {
  const client = new AssemblyAI({ apiKey: key, baseUrl });
  return {
    client,
    create: async () => (await client.transcripts.submit({ audio: "https://a.invalid/" })).id,
    wait: (id, { intervalMs } = {}) =>
      client.transcripts.waitUntilReady(id, { pollingInterval: intervalMs }),
  };
}
