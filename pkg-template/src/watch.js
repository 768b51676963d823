// @ts-check
// A wait as an async iterable. It is a waiter like any other: what it adds is that a slow reader sees the newest state,
// and that leaving the loop ends the wait.

/**
 * @param {any} options a snapshot of the caller's
 * @param {(options: any) => Promise<any>} poll
 * @returns {AsyncGenerator<any, void, undefined>}
 */
export function watch(options, poll) {
  const left = new AbortController();
  /** @type {{ session: any } | undefined} the newest state that was not read yet */
  let fresh;
  /** @type {{ error?: unknown } | undefined} how the wait ended */
  let end;
  let started = false;
  let closed = false;
  /** @type {() => void} */
  let wake = () => {};

  function start() {
    started = true;
    const { signal, onUpdate } = options ?? {};
    // What is not a signal is passed on, to be refused.
    const usable = typeof signal?.addEventListener === "function";
    const forward = () => left.abort(signal.reason);
    if (usable && signal.aborted) forward();
    else if (usable) signal.addEventListener("abort", forward);
    const waiting = {
      ...options,
      signal: usable || signal == null ? left.signal : signal,
      onUpdate:
        onUpdate != null && typeof onUpdate !== "function"
          ? onUpdate
          : (/** @type {any} */ session) => {
              fresh = { session };
              wake();
              onUpdate?.(session);
            },
    };
    const isObject =
      options == null || Object.prototype.toString.call(options) === "[object Object]";
    poll(isObject ? waiting : options).then(
      () => finish({}),
      (error) => finish({ error }),
    );
    /** @param {{ error?: unknown }} how */
    function finish(how) {
      if (usable) signal.removeEventListener("abort", forward);
      end = how;
      wake();
    }
  }

  /** @type {Promise<unknown>} one `next` at a time */
  let turn = Promise.resolve();
  const close = () => {
    closed = true;
    fresh = undefined;
    left.abort();
    wake();
  };

  async function read() {
    if (!started && !closed) start();
    for (;;) {
      if (closed) return { done: true, value: undefined };
      if (fresh) {
        const { session } = fresh;
        fresh = undefined;
        return { done: false, value: session };
      }
      if (end) {
        closed = true;
        if ("error" in end) throw end.error;
        return { done: true, value: undefined };
      }
      await new Promise((resolve) => (wake = () => resolve(undefined)));
    }
  }

  return /** @type {any} */ ({
    next() {
      const result = turn.then(read);
      turn = result.catch(() => {});
      return result;
    },
    async return(/** @type {unknown} */ value) {
      close();
      return { done: true, value };
    },
    async throw(/** @type {unknown} */ error) {
      close();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  });
}
