// @ts-check
// Jobs, so many at once.

/**
 * @param {number} count
 * @param {(() => Promise<unknown>)[]} jobs
 */
export async function atMost(count, jobs) {
  const left = jobs.values();
  const worker = async () => {
    for (const job of left) await job();
  };
  await Promise.all(Array.from({ length: count }, worker));
}
