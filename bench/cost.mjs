// @ts-check
// What a poll costs, in CPU time, beside a hand-written loop over fetch: small answers, and answers of 5 MB. Each client in
// a process of its own, against its service in another one, with the shortest interval that it takes.
import { measure, serviceApart } from "./lib/apart.mjs";
import { chosen } from "./lib/chosen.mjs";
import { peer } from "./lib/peers.mjs";
import { report } from "./lib/report.mjs";
import { beside, BESIDE, interleaved, quantile, rounds } from "./lib/rounds.mjs";

const peers = chosen();
const names = peers.map(({ name }) => name);
// All that a session of small polls leaves fits in it, so that a difference of the heap says what was allocated.
const NURSERY = ["--min-semi-space-size=512", "--max-semi-space-size=512"];

/**
 * @param {number} polls
 * @param {number} bytes
 * @param {number} count
 * @param {string[]} [flags]
 * @returns {Promise<Map<string, { cpu: number, allocated: number | null, memory: number }[]>>}
 */
async function costs(polls, bytes, count, flags) {
  const services = new Map();
  try {
    for (const one of peers) services.set(one.name, await serviceApart(one, { polls, bytes }));
    return await interleaved(names, count, (name) =>
      measure("cost-of.mjs", [name, services.get(name).baseUrl, polls], flags),
    );
  } finally {
    for (const service of services.values()) service.close();
  }
}

/** @template T @template U @param {Map<string, T[]>} map @param {(one: T) => U} pick */
const each = (map, pick) => new Map([...map].map(([name, all]) => [name, all.map(pick)]));

const columns = { client: "client", ...BESIDE, remark: "remark" };
const remarked = (/** @type {ReturnType<typeof beside>} */ rows) =>
  rows.map((row) => ({ ...row, remark: peer(row.client).remark ?? "" }));

const small = await costs(500, 0, rounds(15));
await report("cost", {
  about: "µs of CPU, user and system, per poll of a small session: 4 sessions of 500 polls each.",
  columns,
  rows: remarked(beside(each(small, ({ cpu }) => cpu))),
});
const large = await costs(20, 5_000_000, rounds(9));
await report("cost-5mb", {
  about: "µs of CPU per poll of a session of 5 MB: 4 sessions of 20 polls each.",
  columns,
  rows: remarked(beside(each(large, ({ cpu }) => cpu))),
});
const allocations = await costs(500, 0, rounds(3), NURSERY);
await report("allocations", {
  about:
    "KiB of JavaScript heap allocated per poll of a small session, and of WebAssembly memory at the end, 128 of them Node's fetch's.",
  columns: { client: "client", allocated: "KiB per poll", memory: "KiB of WebAssembly memory" },
  rows: [...allocations].map(([client, all]) => ({
    client,
    allocated: quantile(
      all.flatMap(({ allocated }) => (allocated === null ? [] : [allocated / 1_024])),
      0.5,
    ),
    memory: quantile(
      all.map(({ memory }) => memory / 1_024),
      0.5,
    ),
  })),
});
