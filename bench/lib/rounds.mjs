// @ts-check
// What the benchmarks share: rounds of all candidates, so that what else the machine does hits each of them; and medians,
// ratios and spreads of what came out.
import { random } from "./random.mjs";

/** How many rounds, unless the environment says: a smoke test wants one. */
export const rounds = (/** @type {number} */ usual) => Number(process.env.BENCH_ROUNDS ?? usual);

/**
 * Each candidate once in a round, in another order each time: whoever comes first may find the machine cooler.
 * @template T
 * @param {string[]} candidates
 * @param {number} count
 * @param {(candidate: string) => Promise<T>} once
 * @returns {Promise<Map<string, T[]>>} in the candidates' order
 */
export async function interleaved(candidates, count, once) {
  const got = new Map(candidates.map((candidate) => [candidate, /** @type {T[]} */ ([])]));
  const next = random(1);
  for (let round = 0; round < count; round++) {
    const order = candidates
      .map((candidate) => ({ candidate, at: next() }))
      .toSorted((a, b) => a.at - b.at);
    for (const { candidate } of order) got.get(candidate)?.push(await once(candidate));
  }
  return got;
}

/**
 * The value below which this share of the numbers is.
 * @param {number[]} numbers
 * @param {number} share
 */
export function quantile(numbers, share) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** The columns of what `beside` gives. */
export const BESIDE = {
  median: "median",
  quartiles: "quartiles",
  ratio: "ratio, by round",
  ratioQuartiles: "quartiles",
};

/**
 * Medians and quartiles of each candidate, and those of its ratios to the first candidate's number of the same round.
 * @param {Map<string, number[]>} results
 */
export function beside(results) {
  const [base] = results.values();
  return [...results].map(([client, numbers]) => {
    const [low, median, high] = quarters(numbers);
    const [ratioLow, ratio, ratioHigh] = quarters(numbers.map((number, at) => number / base[at]));
    return {
      client,
      median,
      quartiles: [low, high],
      ratio,
      ratioQuartiles: [ratioLow, ratioHigh],
    };
  });
}

/** Quartile, median, quartile. @param {number[]} numbers */
const quarters = (numbers) => [0.25, 0.5, 0.75].map((share) => quantile(numbers, share));
