// @ts-check
// A `fetch` as one gives it to a client that takes one: it follows no redirect, and its time limit covers the body.

/**
 * @param {{ fetch?: typeof globalThis.fetch, timeoutMs?: number }} of
 * @returns {typeof globalThis.fetch}
 */
export const careful =
  ({ fetch = globalThis.fetch, timeoutMs = 30_000 }) =>
  (input, init) => {
    // Neither AbortSignal.timeout below AbortSignal.any nor any signal beside `redirect: "error"` outlives a collection in Node 20.
    const limit = new AbortController();
    setTimeout(() => limit.abort(new DOMException("too late", "TimeoutError")), timeoutMs);
    const signal = init?.signal ? AbortSignal.any([init.signal, limit.signal]) : limit.signal;
    return fetch(input, { ...init, redirect: "manual", signal });
  };
