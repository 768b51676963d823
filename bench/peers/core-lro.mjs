// The library polls and leaves the requests to its caller: here, the shortest code over fetch.
import { createHttpPoller } from "@azure/core-lro";

/** @param {import("../lib/peers.mjs").ConnectOptions} options */
export function createOperation({ baseUrl, key, fetch = globalThis.fetch }) {
  const exchange = async (/** @type {string} */ url, /** @type {RequestInit} */ init) => {
    const headers = { "X-API-Key": key, "Content-Type": "application/json" };
    const response = await fetch(url, { ...init, headers });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const body = await response.json();
    const request = { url, method: init.method ?? "GET" };
    const rawResponse = {
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      body,
      request,
    };
    return { flatResponse: body, rawResponse };
  };
  return {
    sendInitialRequest: () =>
      exchange(`${baseUrl}/operations`, { method: "POST", body: '{"prompt":"?"}' }),
    sendPollRequest: (/** @type {string} */ url, /** @type {any} */ options) =>
      exchange(url, { signal: options?.abortSignal }),
  };
}

/** @type {import("../lib/peers.mjs").Connect} */
export function connect(options) {
  const operation = createOperation(options);
  return {
    async create() {
      const poller = createHttpPoller(operation);
      await poller.submitted();
      return poller.serialize();
    },
    poll: (restoreFrom, { intervalMs, signal } = {}) =>
      createHttpPoller(operation, { restoreFrom, intervalInMs: intervalMs }).pollUntilDone({
        abortSignal: signal,
      }),
  };
}
