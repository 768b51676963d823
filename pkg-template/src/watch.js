// @ts-check
// A wait as an async iterable. It is a waiter like any other: what it adds is that a slow reader sees the newest state,
// and that leaving the loop ends the wait.

import { tag } from "./arguments/invalid.js";

/**
 * @param {any} options the caller's
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
  /** Takes the listener off the caller's signal. */
  let release = () => {};

  /** The caller's options with what the loop adds; as they are where they cannot be read, to be refused. */
  function own() {
    try {
      const { signal, onUpdate } = options ?? {};
      if (tag(options ?? {}) !== "Object") return options;
      if (typeof signal?.addEventListener === "function") {
        const forward = () => left.abort(signal.reason);
        if (signal.aborted) forward();
        else {
          signal.addEventListener("abort", forward);
          release = () => signal.removeEventListener("abort", forward);
        }
      } else if (signal !== null && signal !== undefined) {
        return options;
      }
      if (onUpdate !== null && onUpdate !== undefined && typeof onUpdate !== "function")
        return options;
      const seen = (/** @type {any} */ session) => {
        fresh = { session };
        wake();
        onUpdate?.(session);
      };
      return { ...options, signal: left.signal, onUpdate: seen };
    } catch {
      return options;
    }
  }

  /** @param {{ error?: unknown }} how */
  function finish(how) {
    release();
    end = how;
    wake();
  }

  function start() {
    started = true;
    poll(own()).then(
      () => finish({}),
      (error) => finish({ error }),
    );
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
