// @ts-check
// Prints the results of a benchmark as a table and keeps them as JSON in bench/results.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = process.env.BENCH_RESULTS ?? fileURLToPath(new URL("../results/", import.meta.url));

/** @typedef {string | number | null | number[]} Value an array is a range */
/** @typedef {Record<string, Value>} Row */
/** @typedef {{ columns: Record<string, string>, rows: Row[] }} Table the titles of columns by key, and the rows */
/** @typedef {Table & { about: string }} Result */

/**
 * @param {Value | undefined} value
 * @returns {string}
 */
function formatValue(value) {
  if (Array.isArray(value)) return value.map(formatValue).join("–");
  if (typeof value !== "number") return value ?? "";
  if (Number.isInteger(value) || Math.abs(value) >= 100) return formatInteger(value);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

/** @param {number} value */
export const formatInteger = (value) => Math.round(value).toLocaleString("en");

/**
 * Formats a table as Markdown.
 * @param {Table} table
 */
export function formatTable({ columns, rows }) {
  const formatRow = (/** @type {string[]} */ cells) => `| ${cells.join(" | ")} |`;
  const keys = Object.keys(columns);
  return [
    formatRow(Object.values(columns)),
    formatRow(keys.map(() => "---")),
    ...rows.map((row) => formatRow(keys.map((key) => formatValue(row[key])))),
  ].join("\n");
}

/**
 * Prints a result and writes it to a file.
 * @param {string} name
 * @param {Result} result
 */
export async function report(name, result) {
  console.log(`\n${result.about}\n\n${formatTable(result)}`);
  await mkdir(FOLDER, { recursive: true });
  const platform = `Node ${process.version.slice(1)}, ${process.platform}`;
  const text = JSON.stringify({ name, platform, ...result }, null, 2);
  await writeFile(path.join(FOLDER, `${name}.json`), `${text}\n`);
}

/**
 * Reads the latest result of that name.
 * @param {string} name
 * @returns {Promise<Result & { platform: string }>} the result and the platform it was measured on
 */
export const readResult = async (name) =>
  JSON.parse(await readFile(path.join(FOLDER, `${name}.json`), "utf8"));
