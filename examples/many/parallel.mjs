// @ts-check

/**
 * Calls `work` for each item, with a limit on concurrency.
 * @template T
 * @param {number} atOnce
 * @param {Iterable<T>} items
 * @param {(item: T) => Promise<void>} work
 * @param {AbortSignal} signal no further item is started after its abort
 */
export async function inParallel(atOnce, items, work, signal) {
  const rest = items[Symbol.iterator]();
  async function worker() {
    // All workers share one iterator.
    for (let next = rest.next(); !next.done && !signal.aborted; next = rest.next()) {
      await work(next.value);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker));
}
