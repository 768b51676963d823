// @ts-check
// The fakes of these tests: a fetch that replies by a script, and counters of timers and listeners. The file is one
// expression, which the tests evaluate.

/**
 * A reply to a request: a response; `error`, with which the request fails; or `value`, with which `fetch` resolves instead
 * of a response. If it stalls, the response or the end of its body never arrives.
 *
 * @typedef {{ status?: number, headers?: Record<string, string>, body?: string | null, stalls?: "response" | "body",
 *   error?: unknown, value?: unknown }} Reply
 */
(/** @type {Reply[]} */ script) => {
  const { setTimeout, clearTimeout } = globalThis;
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  const PATIENCE_MS = 20_000;

  // ---- Timers and listeners ----

  /** @type {Set<unknown>} */
  const timers = new Set();
  /** @type {number[]} */
  const delays = [];
  globalThis.setTimeout = /** @type {any} */ (
    (/** @type {() => void} */ wake, /** @type {number} */ ms) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        wake();
      }, ms);
      timers.add(timer);
      delays.push(ms);
      return timer;
    }
  );
  globalThis.clearTimeout = (timer) => {
    timers.delete(timer);
    clearTimeout(timer);
  };

  /** @type {{ target: EventTarget, type: string, listener: unknown }[]} */
  let listeners = [];
  let signalListenersAdded = 0;
  EventTarget.prototype.addEventListener = function (type, listener, ...rest) {
    addEventListener.call(this, type, listener, ...rest);
    listeners.push({ target: this, type, listener });
    if (this instanceof AbortSignal) signalListenersAdded++;
  };
  EventTarget.prototype.removeEventListener = function (type, listener, ...rest) {
    removeEventListener.call(this, type, listener, ...rest);
    listeners = listeners.filter(
      (other) => other.target !== this || other.type !== type || other.listener !== listener,
    );
  };

  // ---- Fetch ----

  /** @type {any[]} */
  const requests = [];
  /** @type {{ count: number, resolve: (value?: unknown) => void }[]} */
  const waiting = [];
  const replies = [...script];

  /** @param {string} url @param {any} init */
  function fetch(url, init) {
    const { method, headers, redirect, credentials, cache } = new Request(url, {
      ...init,
      signal: undefined,
    });
    const names = Object.fromEntries(headers);
    const { body, signal } = init;
    requests.push({ url, method, headers: names, body, redirect, credentials, cache, signal });
    for (const { count, resolve } of waiting) if (requests.length >= count) resolve();
    const reply = replies.shift();
    return new Promise((resolve, reject) => {
      if (!reply) throw new Error("there are more requests than replies");
      addEventListener.call(signal, "abort", () => reject(signal.reason));
      if (reply.stalls === "response") return;
      if ("error" in reply) reject(reply.error);
      else resolve("value" in reply ? reply.value : response(reply, signal));
    });
  }

  /** @param {Reply} reply @param {AbortSignal} signal */
  function response({ status = 200, headers, body = "", stalls }, signal) {
    if (stalls !== "body") return new Response(body, { status, headers });
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(body ?? ""));
        addEventListener.call(signal, "abort", () => controller.error(signal.reason));
      },
    });
    return new Response(stream, { status, headers });
  }

  // ---- Hooks: pkg-template/src/hooks.js ----

  /** @type {unknown[]} */
  const reported = [];
  const hooks = {
    error: (/** @type {any} */ { message, ...details }, /** @type {unknown} */ stack) =>
      Object.assign(new Error(message), details, { from: stack }),
    redact: (/** @type {string} */ text, /** @type {string} */ key) =>
      text.replaceAll(key, "[redacted]"),
    isFreeOf(/** @type {unknown} */ error, /** @type {string} */ key) {
      try {
        return !texts(error).includes(key);
      } catch {
        return false;
      }
    },
    wait(
      /** @type {unknown} */ promise,
      /** @type {bigint} */ key,
      /** @type {Function} */ settle,
    ) {
      const adopted = new Promise((resolve) => resolve(promise));
      adopted.then(settle.bind(null, key, true), settle.bind(null, key, false));
    },
    requestInit: (
      /** @type {RequestInit} */ init,
      /** @type {HeadersInit} */ headers,
      /** @type {AbortController | undefined} */ controller,
    ) => ({ headers, signal: controller?.signal, ...init }),
    report: (/** @type {unknown} */ error) => reported.push(error),
  };

  /**
   * Every text in a value.
   * @param {any} value
   * @returns {string}
   */
  function texts(value) {
    if (typeof value !== "object" || value === null) return String(value);
    return Reflect.ownKeys(value)
      .map((name) => texts(value[name]))
      .join();
  }

  /** @param {any} session @param {number | undefined} promptId */
  function answer(session, promptId) {
    const message = session.messages?.findLast(
      (/** @type {any} */ message) =>
        message.message_type === "response" &&
        (promptId === undefined || message.prompt_message_id === promptId),
    );
    return message && { message, session, promptId };
  }

  // ---- For the tests ----

  const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

  return {
    fetch,
    hooks,
    requests,
    reported,
    delays,
    sleep,
    /** The circumstances of a call that starts now: pkg-template/src/call-site.js. */
    site: (/** @type {Function | undefined} */ context) => ({
      stack: { stack: "Error\n    at the caller" },
      context,
      startedAt: performance.now(),
      answer,
    }),
    /** Resolves when there are `count` requests. */
    requested: (/** @type {number} */ count) =>
      new Promise((resolve) => {
        if (requests.length >= count) resolve(undefined);
        else waiting.push({ count, resolve });
      }),
    /** The outcome of a promise: whether it was fulfilled, and its value or reason. */
    settled: (/** @type {Promise<unknown>} */ promise) => {
      /** @type {ReturnType<typeof setTimeout>} */
      let timer;
      const stuck = new Promise((resolve) => {
        timer = setTimeout(() => resolve([undefined, "pending"]), PATIENCE_MS);
      });
      const end = promise.then(
        (value) => [true, value],
        (reason) => [false, reason],
      );
      return Promise.race([end, stuck]).finally(() => clearTimeout(timer));
    },
    repliesLeft: () => replies.length,
    timersLeft: () => timers.size,
    listenersLeft: () => listeners.length,
    signalListenersAdded: () => signalListenersAdded,
    restore() {
      Object.assign(globalThis, { setTimeout, clearTimeout });
      Object.assign(EventTarget.prototype, { addEventListener, removeEventListener });
    },
  };
};
