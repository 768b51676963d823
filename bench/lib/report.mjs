// @ts-check
// What a benchmark leaves: a table for the eye, and the same as JSON in bench/results for what is made of it.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const RESULTS = process.env.BENCH_RESULTS ?? fileURLToPath(new URL("../results/", import.meta.url));

/** @typedef {string | number | null | number[]} Value several numbers are a range */
/** @typedef {Record<string, Value>} Row */
/** @typedef {{ columns: Record<string, string>, rows: Row[] }} Table */
/** @typedef {Table & { about: string }} Result */

/** The place of what a benchmark leaves. @param {string} file */
export const results = (file) => path.join(RESULTS, file);

/**
 * @param {Value | undefined} value
 * @returns {string}
 */
function shown(value) {
  if (Array.isArray(value)) return value.map(shown).join(" – ");
  if (typeof value !== "number") return value ?? "";
  if (Number.isInteger(value)) return value.toLocaleString("en").replaceAll(",", " ");
  if (value >= 100) return shown(Math.round(value));
  return value.toFixed(value >= 10 ? 1 : 2);
}

/** @param {Table} table */
export function table({ columns, rows }) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(" | ")} |`;
  const names = Object.keys(columns);
  return [
    line(Object.values(columns)),
    line(names.map(() => "---")),
    ...rows.map((row) => line(names.map((name) => shown(row[name])))),
  ].join("\n");
}

/**
 * @param {string} question
 * @param {Result} result
 */
export async function report(question, result) {
  console.log(`\n${result.about}\n\n${table(result)}`);
  await mkdir(RESULTS, { recursive: true });
  const node = `${process.version}, ${process.platform}`;
  const whole = { question, node, ...result };
  await writeFile(results(`${question}.json`), `${JSON.stringify(whole, null, 2)}\n`);
}

/**
 * @param {string} question
 * @returns {Promise<Result & { node: string }>} with where it was measured
 */
export const resultOf = async (question) =>
  JSON.parse(await readFile(results(`${question}.json`), "utf8"));
