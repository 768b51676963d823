// @ts-check
// One exchange with the upstream as something that can end early: the client goes away, or time is up. Everything that
// waits does so through `race`, so nothing outlives the end, whatever a key function or a `fetch` does.

/** The longest pause that a timer can hold. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * @typedef {object} Exchange
 * @property {AbortSignal} signal  for the upstream's `fetch`
 * @property {() => "gone" | "timeout" | null} ended
 * @property {<T>(work: PromiseLike<T> | T) => Promise<T>} race  rejects when the exchange ends first
 * @property {() => void} restart  gives the next step the full time
 * @property {() => void} pause  no time runs (a slow reader is not a slow upstream)
 * @property {() => void} cancel  what is still under way is of no use any more
 * @property {() => void} close  leaves no timer and no listener
 */

/**
 * @param {{ readonly signal?: AbortSignal }} client  the request itself: in some runtimes its signal falls silent when
 *   nothing holds the request any more
 * @param {number} timeoutMs
 * @returns {Exchange}
 */
export function openExchange(client, timeoutMs) {
  const controller = new AbortController();
  /** @type {"gone" | "timeout" | null} */
  let ended = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {(reason: unknown) => void} */
  let fail = () => {};
  const end = new Promise((_, reject) => (fail = reject));
  end.catch(() => {}); // it is heard through `race`, if anyone is waiting

  /** @param {"gone" | "timeout"} how */
  const finish = (how) => {
    if (ended) return;
    ended = how;
    close();
    const timedOut = how === "timeout";
    const text = timedOut ? "the upstream took too long" : "the client went away";
    const reason = new DOMException(text, timedOut ? "TimeoutError" : "AbortError");
    fail(reason);
    controller.abort(reason);
  };
  const onGone = () => finish("gone");
  const pause = () => clearTimeout(timer);
  const restart = () => {
    pause();
    if (ended || timeoutMs === Infinity) return;
    timer = setTimeout(finish, Math.min(timeoutMs, MAX_TIMER_MS), "timeout");
  };
  const close = () => {
    pause();
    client.signal?.removeEventListener("abort", onGone);
  };

  restart();
  if (client.signal?.aborted) onGone();
  else client.signal?.addEventListener("abort", onGone);

  return {
    signal: controller.signal,
    ended: () => ended,
    race: (work) => Promise.race([end, work]),
    restart,
    pause,
    cancel: onGone,
    close,
  };
}
