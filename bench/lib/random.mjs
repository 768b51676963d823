// @ts-check
// Random numbers with a fixed seed, the same in each run.

/** @param {number} seed */
export function random(seed) {
  let state = seed >>> 0;
  // mulberry32
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Generation times of sessions: log-normal, median 12 s, sigma 0.9, clipped to 1–300 s. Finding sources takes 30 ± 10 % of each.
 * @param {number} count
 */
export function generationTimes(count, seed = 1) {
  const next = random(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return Array.from({ length: count }, () => ({
    ms: Math.min(300_000, Math.max(1_000, 12_000 * Math.exp(0.9 * normal()))),
    findingShare: 0.2 + 0.2 * next(),
  }));
}
