// @ts-check
// One exchange with the API, which ends early when the client disconnects or the time is up. Every step waits through `race`,
// so that no key function and no `fetch` delays the end.
import { MAX_TIMER_MS } from "../shared/timers.js";

/**
 * @typedef {object} Exchange
 * @property {AbortSignal} signal  for `fetch`
 * @property {() => "disconnected" | "timeout" | null} ended the reason for an early end, if any
 * @property {<T>(work: PromiseLike<T> | T) => Promise<T>} race rejects if the exchange ends first
 * @property {() => void} restart restarts the time limit for the next step
 * @property {() => void} pause  stops the clock (a slow reader is not a slow API)
 * @property {() => void} cancel aborts the steps in progress
 * @property {() => void} close  removes the timer and the listener
 */

/**
 * @param {{ readonly signal?: AbortSignal }} client  the request itself: in some runtimes its signal no longer fires
 *   once nothing refers to the request
 * @param {number} timeoutMs
 * @returns {Exchange}
 */
export function openExchange(client, timeoutMs) {
  const controller = new AbortController();
  /** @type {"disconnected" | "timeout" | null} */
  let ended = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {unknown} */
  let reason;
  /** Rejects each pending step. `Promise.race` with one long-lived promise would keep a record of every step. */
  const waiting = /** @type {Set<(reason: unknown) => void>} */ (new Set());

  /** @param {"disconnected" | "timeout"} ending */
  const finish = (ending) => {
    if (ended) return;
    ended = ending;
    close();
    const timedOut = ending === "timeout";
    const text = timedOut ? "the API took too long" : "the client disconnected";
    reason = new DOMException(text, timedOut ? "TimeoutError" : "AbortError");
    for (const reject of waiting) reject(reason);
    controller.abort(reason);
  };
  const onDisconnect = () => finish("disconnected");
  const pause = () => clearTimeout(timer);
  const restart = () => {
    pause();
    if (ended || timeoutMs === Infinity) return;
    timer = setTimeout(finish, Math.min(timeoutMs, MAX_TIMER_MS), "timeout");
  };
  const close = () => {
    pause();
    client.signal?.removeEventListener("abort", onDisconnect);
  };

  /** @template T @param {PromiseLike<T> | T} work @returns {Promise<T>} */
  const race = (work) =>
    new Promise((resolve, reject) => {
      if (ended) reject(reason);
      else waiting.add(reject);
      const settled = Promise.resolve(work).finally(() => waiting.delete(reject));
      settled.then(resolve, reject);
    });

  restart();
  if (client.signal?.aborted) onDisconnect();
  else client.signal?.addEventListener("abort", onDisconnect);

  return {
    signal: controller.signal,
    ended: () => ended,
    race,
    restart,
    pause,
    cancel: onDisconnect,
    close,
  };
}
