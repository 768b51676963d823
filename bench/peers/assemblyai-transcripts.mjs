// Transcripts, created and polled by the SDK's helper.

/**
 * @param {object} client
 * @param {import("assemblyai").TranscriptService} transcripts
 * @returns {import("../lib/peers.mjs").Connection}
 */
export const connection = (client, transcripts) => ({
  client,
  create: async () => (await transcripts.submit({ audio: "https://a.invalid/" })).id,
  poll: (id, { intervalMs } = {}) =>
    transcripts.waitUntilReady(id, { pollingInterval: intervalMs }),
});
