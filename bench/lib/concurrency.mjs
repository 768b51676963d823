// @ts-check
// Runs tasks with a limit on how many run at once.

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
