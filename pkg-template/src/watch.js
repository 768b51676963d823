// @ts-check
// A poll as an async iterable. It is a waiter like any other; it adds that a slow reader gets the newest state, and that leaving
// the loop ends the poll.

/**
 * @param {any} options a snapshot of the caller's
 * @param {(options: any) => Promise<any>} poll
 * @returns {AsyncGenerator<any, void, undefined>}
 */
export function watch(options, poll) {
  const left = new AbortController();
  /** @type {{ session: any } | undefined} the newest state that has not been read */
  let newest;
  /** @type {{ error?: unknown } | undefined} */
  let end;
  let isStarted = false;
  let isClosed = false;
  /** @type {() => void} */
  let wake = () => {};
  /** Takes the listener off the caller's signal. */
  let release = () => {};

  /** The options of the poll; the caller's own where they are wrong, so that the poll refuses them. */
  function pollOptions() {
    try {
      const { signal, onUpdate } = options ?? {};
      const canListen = typeof signal?.addEventListener === "function";
      const isWrong =
        (options !== undefined && typeof options !== "object") ||
        Array.isArray(options) ||
        ((signal ?? undefined) !== undefined && !canListen) ||
        ((onUpdate ?? undefined) !== undefined && typeof onUpdate !== "function");
      if (isWrong) return options;
      if (signal?.aborted) left.abort(signal.reason);
      else if (canListen) {
        const forward = () => left.abort(signal.reason);
        signal.addEventListener("abort", forward);
        release = () => signal.removeEventListener("abort", forward);
      }
      const notify = (/** @type {any} */ session) => {
        newest = { session };
        wake();
        onUpdate?.(session);
      };
      return { ...options, signal: left.signal, onUpdate: notify };
    } catch {
      return options;
    }
  }

  function start() {
    isStarted = true;
    const finish = (/** @type {{ error?: unknown }} */ how) => {
      release();
      end = how;
      wake();
    };
    poll(pollOptions()).then(
      () => finish({}),
      (error) => finish({ error }),
    );
  }

  function close() {
    isClosed = true;
    newest = undefined;
    left.abort();
    wake();
  }

  /** @returns {Promise<IteratorResult<any, any>>} */
  async function read() {
    if (!isStarted && !isClosed) start();
    for (;;) {
      if (isClosed) return { done: true, value: undefined };
      if (newest) {
        const { session } = newest;
        newest = undefined;
        return { done: false, value: session };
      }
      if (end) {
        isClosed = true;
        if ("error" in end) throw end.error;
        return { done: true, value: undefined };
      }
      await new Promise((resolve) => (wake = () => resolve(undefined)));
    }
  }

  /** One `next` at a time. @type {Promise<unknown>} */
  let turn = Promise.resolve();
  const iterator = {
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
  };
  // For `await using`, where the platform has the symbol.
  const dispose = /** @type {any} */ (Symbol).asyncDispose;
  if (dispose) Object.assign(iterator, { [dispose]: async () => close() });
  return /** @type {any} */ (iterator);
}
