// @ts-check
// What the benchmarks share: rounds of all candidates in turn, so that what else the machine does hits each of them; and
// medians, ratios and spreads of what came out.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";

const exec = promisify(execFile);

/**
 * A number that a script of this folder prints.
 * @param {string} script
 * @param {string[]} args
 */
export async function measure(script, args) {
  const file = fileURLToPath(new URL(`../${script}`, import.meta.url));
  const { stdout } = await exec(process.execPath, [file, ...args]);
  return Number(stdout.trim().split("\n").at(-1));
}

/**
 * @param {string[]} candidates
 * @param {number} rounds
 * @param {(candidate: string) => Promise<number>} once
 */
export async function interleaved(candidates, rounds, once) {
  const got = candidates.map(() => /** @type {number[]} */ ([]));
  for (let round = 0; round < rounds; round++) {
    for (const [at, candidate] of candidates.entries()) got[at].push(await once(candidate));
  }
  return new Map(candidates.map((candidate, at) => [candidate, got[at]]));
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

/**
 * A table of medians, with their ratios to the first candidate's, round by round.
 * @param {string} unit
 * @param {Map<string, number[]>} results
 */
export function table(unit, results) {
  const [base] = results.values();
  const digits = (/** @type {number} */ value) => value.toPrecision(3);
  console.log(`\n| ${unit} | median | quartiles | ratio, by round |\n| --- | --- | --- | --- |`);
  for (const [name, numbers] of results) {
    const ratios = numbers.map((number, at) => number / base[at]);
    const quartiles = [0.25, 0.75].map((share) => digits(quantile(numbers, share))).join(" – ");
    console.log(
      `| ${name} | ${digits(quantile(numbers, 0.5))} | ${quartiles} | ${digits(quantile(ratios, 0.5))} |`,
    );
  }
}
