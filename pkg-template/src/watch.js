// @ts-check
// A poll as an async iterable. A slow reader gets the newest state only, and leaving the loop ends the poll.
import { standInFor } from "./signals.js";
import { entriesOf } from "./snapshot.js";

const isAbsent = (/** @type {unknown} */ value) => value === undefined || value === null;

/**
 * @param {any} options a snapshot of the caller's options
 * @param {(options: any) => Promise<any>} poll
 * @returns {AsyncGenerator<any, void, undefined>}
 */
export function watch(options, poll) {
  const controller = new AbortController();
  let isLeft = false;

  async function* states() {
    /** @type {{ session: any } | undefined} the newest state that has not been read */
    let newest;
    let isOver = false;
    let wake = () => {};
    const follow = followed(options, controller, (session) => {
      newest = { session };
      wake();
    });
    const over = poll(follow.options).finally(() => {
      isOver = true;
      follow.release();
      wake();
    });
    over.catch(() => {});
    for (;;) {
      if (newest) {
        const { session } = newest;
        newest = undefined;
        yield session;
      } else if (isOver) {
        await over.catch((error) => {
          if (!isLeft) throw error;
        });
        return;
      } else {
        await new Promise((resolve) => (wake = () => resolve(undefined)));
      }
    }
  }

  const iterator = states();
  /** Ends the poll first, since a pending `next` would delay the end. @param {Function} method */
  const leaving = (method) => (/** @type {unknown} */ value) => {
    isLeft = true;
    controller.abort();
    return method.call(iterator, value);
  };
  Object.assign(iterator, { return: leaving(iterator.return), throw: leaving(iterator.throw) });
  // For `await using`, if the platform has the symbol.
  const dispose = /** @type {any} */ (Symbol).asyncDispose;
  if (dispose) Object.assign(iterator, { [dispose]: async () => void iterator.return(undefined) });
  return iterator;
}

/**
 * The options of the poll, whose signal follows the caller's. Wrong options are unchanged, so that the poll refuses them.
 * @param {any} options @param {AbortController} controller @param {(session: any) => void} notify
 */
function followed(options, controller, notify) {
  const { signal, onUpdate } = entriesOf(options) ? options : {};
  const standIn = standInFor(signal);
  const isWrong =
    !(isAbsent(options) || entriesOf(options)) ||
    !(isAbsent(signal) || standIn) ||
    !(isAbsent(onUpdate) || typeof onUpdate === "function");
  if (isWrong) return { options, release() {} };
  const abort = () => controller.abort(standIn?.reason);
  if (standIn?.aborted) abort();
  standIn?.addEventListener("abort", abort);
  const onNewest = (/** @type {any} */ session) => {
    notify(session);
    onUpdate?.(session);
  };
  return {
    options: { ...options, signal: controller.signal, onUpdate: onNewest },
    release: () => standIn?.removeEventListener("abort", abort),
  };
}
