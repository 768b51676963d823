// Brings the waiting alone: the exchange is whoever's uses it, here the plainest over fetch.
import { createHttpPoller } from "@azure/core-lro";

/** @param {import("../lib/peers.mjs").To} to */
export function operationOf({ baseUrl, key, fetch = globalThis.fetch }) {
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
export function connect(to) {
  const operation = operationOf(to);
  return {
    async create() {
      const poller = createHttpPoller(operation);
      await poller.submitted();
      return poller.serialize();
    },
    wait: (restoreFrom, { intervalMs, signal } = {}) =>
      createHttpPoller(operation, { restoreFrom, intervalInMs: intervalMs }).pollUntilDone({
        abortSignal: signal,
      }),
  };
}
