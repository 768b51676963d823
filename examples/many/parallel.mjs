// @ts-check

/**
 * Does something for each item, for no more than so many at a time.
 * @template T
 * @param {number} atOnce
 * @param {Iterable<T>} items
 * @param {(item: T) => Promise<void>} work
 * @param {AbortSignal} signal no further item is begun once it is aborted
 */
export async function inParallel(atOnce, items, work, signal) {
  const rest = items[Symbol.iterator]();
  async function worker() {
    // All workers take from the same iterator.
    for (let next = rest.next(); !next.done && !signal.aborted; next = rest.next()) {
      await work(next.value);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker));
}
