// @ts-check
// Measures candidates in rounds, so that other load on the machine affects all of them equally; computes medians, quartiles
// and ratios.
import { random } from "./random.mjs";

/** The number of rounds: BENCH_ROUNDS if set, else the default. */
export const roundCount = (/** @type {number} */ fallback) =>
  Number(process.env.BENCH_ROUNDS ?? fallback);

/**
 * Measures each candidate once per round, in a different order each time, since the processor may be cooler for the first.
 * @template T
 * @param {string[]} candidates
 * @param {number} rounds
 * @param {(candidate: string) => Promise<T>} measureOne
 * @returns {Promise<Map<string, T[]>>} the measurements by candidate, in the order of `candidates`
 */
export async function interleave(candidates, rounds, measureOne) {
  const measurements = new Map(candidates.map((name) => [name, /** @type {T[]} */ ([])]));
  const next = random(1);
  for (let round = 0; round < rounds; round++) {
    const order = candidates
      .map((name) => ({ name, position: next() }))
      .toSorted((a, b) => a.position - b.position);
    for (const { name } of order) measurements.get(name)?.push(await measureOne(name));
  }
  return measurements;
}

/**
 * @param {number[]} values
 * @param {number} share from 0 to 1
 */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** @param {number[]} values */
export const median = (values) => quantile(values, 0.5);

/** @param {number[]} values */
const quartiles = (values) => [quantile(values, 0.25), quantile(values, 0.75)];

/** The columns of `compareToFirst`'s rows. */
export const COMPARISON = {
  median: "median",
  quartiles: "quartiles",
  ratio: "ratio to the loop",
  ratioQuartiles: "quartiles",
};

/**
 * Compares each candidate with the first one: medians and quartiles of the values, and of their ratios within a round.
 * @param {Map<string, number[]>} measurements
 */
export function compareToFirst(measurements) {
  const [base] = measurements.values();
  return [...measurements].map(([client, values]) => {
    const ratios = values.map((value, round) => value / base[round]);
    return {
      client,
      median: median(values),
      quartiles: quartiles(values),
      ratio: median(ratios),
      ratioQuartiles: quartiles(ratios),
    };
  });
}
