import Replicate from "replicate";

/** @type {import("../lib/peers.mjs").Connect} */
export function connect({ baseUrl, key, fetch }) {
  const client = new Replicate({ auth: key, baseUrl, fetch });
  return {
    client,
    create: async () => (await client.predictions.create({ version: "?", input: {} })).id,
    wait: (id, { intervalMs, signal } = {}) =>
      client.wait(/** @type {any} */ ({ id }), { interval: intervalMs }, async () =>
        Boolean(signal?.aborted),
      ),
  };
}
