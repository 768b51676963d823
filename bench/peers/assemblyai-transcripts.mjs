// How its transcripts are used, whichever client they are of.

/**
 * @param {object} client
 * @param {import("assemblyai").TranscriptService} transcripts
 * @returns {import("../lib/peers.mjs").Connection}
 */
export const connection = (client, transcripts) => ({
  client,
  create: async () => (await transcripts.submit({ audio: "https://a.invalid/" })).id,
  wait: (id, { intervalMs } = {}) =>
    transcripts.waitUntilReady(id, { pollingInterval: intervalMs }),
});
