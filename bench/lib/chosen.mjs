// @ts-check
// The clients and settings that a question is about: all of its own, or those of the packages that BENCH_PEERS names, with
// commas between them. Their remark is what there is to say in that question.
import { PEERS } from "./peers.mjs";

/** @param {string} question */
export function chosen(question) {
  const asked = process.env.BENCH_PEERS?.split(",").map((name) => name.trim());
  const unknown = asked?.find((name) => PEERS.every((one) => one.package !== name));
  if (unknown !== undefined) throw new Error(`there is no peer ${unknown}`);
  return PEERS.filter((one) => asked?.includes(one.package) ?? true)
    .filter(({ only }) => only?.includes(question) ?? true)
    .map(({ remark, remarks, ...one }) => ({
      ...one,
      remark: remarks?.[question] ?? remark ?? "",
    }));
}

/**
 * Rows of a question, each with its client's remark.
 * @template {{ client: string }} T
 * @param {string} question
 * @param {T[]} rows
 */
export function remarked(question, rows) {
  const remarks = new Map(chosen(question).map(({ name, remark }) => [name, remark]));
  return rows.map((row) => ({ ...row, remark: remarks.get(row.client) ?? "" }));
}
