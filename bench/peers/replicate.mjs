import Replicate from "replicate";

/** @type {import("../lib/peers.mjs").Connect} */
export function connect({ baseUrl, key, fetch, wait }) {
  const client = new Replicate({ auth: key, baseUrl, fetch });
  return {
    client,
    create: () => client.predictions.create({ version: "?", input: {}, wait }),
    poll: (prediction, { intervalMs, signal } = {}) =>
      client.wait(prediction, { interval: intervalMs }, async () => Boolean(signal?.aborted)),
  };
}
