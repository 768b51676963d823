// @ts-check
// Delays that an abort ends immediately. The timer functions and the clock are looked up at each call, so that fake timers
// apply whether they are installed before or after. No timer is left after a delay has ended.
import { MAX_TIMER_MS } from "../shared/timers.js";

/**
 * Resolves after `ms` (never, if `Infinity`); rejects with the signal's reason on abort.
 * @param {number} ms
 * @param {AbortSignal | null} [signal]
 * @returns {Promise<void>}
 */
export function sleep(ms, signal) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    /** @type {any} */
    let timer;
    let left = ms;
    const onAbort = () => {
      globalThis.clearTimeout(timer);
      reject(signal?.reason);
    };
    const next = () => {
      if (left <= 0) {
        signal?.removeEventListener("abort", onAbort);
        return resolve();
      }
      const piece = Math.min(left, MAX_TIMER_MS);
      left -= piece;
      timer = globalThis.setTimeout(next, piece);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    // An endless delay needs only the signal.
    if (ms !== Infinity) next();
  });
}

/**
 * The promise, unless the signal is aborted first.
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal | null} [signal]
 * @returns {Promise<T>}
 */
export async function abortable(promise, signal) {
  if (!signal) return promise;
  const settled = new AbortController();
  /** @type {Promise<never>} */
  const aborted = new Promise((_, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    settled.signal.addEventListener("abort", () => signal.removeEventListener("abort", onAbort));
  });
  // A failure after the abort is not reported.
  promise.catch(() => {});
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    settled.abort();
  }
}

/**
 * The mock's clock in milliseconds: `Date.now()`, moved so that its first reading is `now`.
 * @param {import("./options.js").MockOptions["now"]} now
 * @returns {() => number}
 */
export function createClock(now) {
  if (now === undefined) return () => Date.now();
  if (typeof now === "function") return now;
  const start = startTime(now);
  /** @type {number | undefined} */
  let offset;
  return () => {
    const real = Date.now();
    offset ??= start - real;
    return real + offset;
  };
}

/**
 * @param {number | string | { getTime(): number }} now
 * @returns {number} NaN if it is not a time
 */
export function startTime(now) {
  if (typeof now === "number") return now;
  return typeof now === "string" ? Date.parse(now) : now.getTime();
}
