// @ts-check
// Runs tasks with a limit on their concurrency.

/**
 * @param {number} limit
 * @param {(() => Promise<unknown>)[]} tasks
 */
export async function runAtMost(limit, tasks) {
  const queue = tasks.values();
  const worker = async () => {
    for (const task of queue) await task();
  };
  await Promise.all(Array.from({ length: limit }, worker));
}
