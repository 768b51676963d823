// @ts-check
// What a benchmark leaves: a table for the eye, and the same as JSON in bench/results for what is made of it.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const RESULTS = process.env.BENCH_RESULTS ?? fileURLToPath(new URL("../results/", import.meta.url));

/** @typedef {Record<string, string | number | boolean | null>} Row */
/** @typedef {{ about: string, columns: Record<string, string>, rows: Row[] }} Result */

/** @param {Row[string] | undefined} value */
function shown(value) {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "number") return value ?? "";
  if (Number.isInteger(value)) return value.toLocaleString("en").replaceAll(",", " ");
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(value < 1 ? 2 : 3);
}

/** @param {Result} result */
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
  await writeFile(path.join(RESULTS, `${question}.json`), `${JSON.stringify(whole, null, 2)}\n`);
}

/**
 * @param {string} question
 * @returns {Promise<Result>}
 */
export const resultOf = async (question) =>
  JSON.parse(await readFile(path.join(RESULTS, `${question}.json`), "utf8"));
