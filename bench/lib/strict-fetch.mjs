// @ts-check
// A `fetch` of a careful user: it follows no redirect, and its timeout includes the body.

/**
 * @param {{ fetch?: typeof globalThis.fetch, timeoutMs?: number }} options
 * @returns {typeof globalThis.fetch}
 */
export const strictFetch =
  ({ fetch = globalThis.fetch, timeoutMs = 30_000 }) =>
  (input, init) => {
    // In Node 20, garbage collection can drop AbortSignal.timeout below AbortSignal.any, and any signal beside
    // `redirect: "error"`.
    const timeout = new AbortController();
    setTimeout(() => timeout.abort(new DOMException("timed out", "TimeoutError")), timeoutMs);
    const signal = init?.signal ? AbortSignal.any([init.signal, timeout.signal]) : timeout.signal;
    return fetch(input, { ...init, redirect: "manual", signal });
  };
