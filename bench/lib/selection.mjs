// @ts-check
// Selects the clients of a question, with their remarks. BENCH_PEERS, a comma-separated list of packages, limits the selection.
import { PEERS } from "./peers.mjs";

/** @param {string} question */
export function selectPeers(question) {
  const packages = process.env.BENCH_PEERS?.split(",").map((name) => name.trim());
  const unknown = packages?.find((name) => PEERS.every((peer) => peer.package !== name));
  if (unknown !== undefined) throw new Error(`BENCH_PEERS names ${unknown}, which is no peer`);
  return PEERS.filter((peer) => packages?.includes(peer.package) ?? true)
    .filter(({ questions }) => questions?.includes(question) ?? true)
    .map(({ remark, remarks, ...peer }) => ({
      ...peer,
      remark: remarks?.[question] ?? remark ?? "",
    }));
}

/**
 * Adds the remark of each row's client.
 * @template {{ client: string }} T
 * @param {string} question
 * @param {T[]} rows
 */
export function withRemarks(question, rows) {
  const remarks = new Map(selectPeers(question).map(({ name, remark }) => [name, remark]));
  return rows.map((row) => ({ ...row, remark: remarks.get(row.client) ?? "" }));
}
