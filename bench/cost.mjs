// @ts-check
// What a poll costs, in CPU time, beside a hand-written loop over fetch: small answers, and answers of 5 MB. Each client in
// a process of its own, against its service in another one, with the shortest interval that it takes.
import { measure, serviceApart } from "./lib/apart.mjs";
import { chosen, remarked } from "./lib/chosen.mjs";
import { report } from "./lib/report.mjs";
import { beside, BESIDE, interleaved, quantile, rounds } from "./lib/rounds.mjs";

const peers = chosen("cost");
const names = peers.map(({ name }) => name);
const SESSIONS = 3;
const POLLS = Number(process.env.BENCH_POLLS ?? 400);
const SMALL = { polls: POLLS };
const LARGE = { polls: Math.ceil(POLLS / 20), bytes: 5_000_000 };
// All that a session of small polls leaves fits in it, so that a difference of the heap says what was allocated.
const NURSERY = ["--min-semi-space-size=512", "--max-semi-space-size=512"];

/**
 * @param {{ polls: number, bytes?: number, still?: boolean }} how
 * @param {number} count
 * @param {string[]} [flags]
 * @returns {Promise<Map<string, { cpu: number, allocated: number | null, memory: number }[]>>}
 */
async function costs(how, count, flags) {
  const services = new Map();
  try {
    for (const one of peers) services.set(one.name, await serviceApart(one, how));
    return await interleaved(names, count, (name) =>
      measure("cost-of.mjs", [name, services.get(name).baseUrl, SESSIONS, how.polls], flags),
    );
  } finally {
    for (const service of services.values()) service.close();
  }
}

/** @template T @template U @param {Map<string, T[]>} map @param {(one: T) => U} pick */
const each = (map, pick) => new Map([...map].map(([name, all]) => [name, all.map(pick)]));

/**
 * @param {string} question
 * @param {string} what a poll is of
 * @param {Parameters<typeof costs>[0]} how
 * @param {number} count
 */
async function cpu(question, what, how, count) {
  const found = await costs(how, count);
  await report(question, {
    about: `µs of CPU, user and system, of a poll of ${what}: ${SESSIONS} sessions of ${how.polls} polls, ${count} rounds.`,
    columns: { client: "client", ...BESIDE, remark: "remark" },
    rows: remarked(how.bytes ? "cost-5mb" : "cost", beside(each(found, ({ cpu }) => cpu))),
  });
}

const large = "a session of 5 MB (the session's shape, whatever its own service would send)";
await cpu("cost", "a small session", SMALL, rounds(11));
await cpu("cost-5mb", `${large} that changes each time`, LARGE, rounds(7));
await cpu("cost-5mb-still", `${large} that does not change`, { ...LARGE, still: true }, rounds(7));

const allocations = await costs(SMALL, rounds(3), NURSERY);
const median = (/** @type {number[]} */ all) => quantile(all, 0.5);
await report("allocations", {
  about:
    "KiB of JavaScript heap that a poll of a small session allocates, and of WebAssembly memory at the end, 128 of them Node's fetch's.",
  columns: {
    client: "client",
    allocated: "KiB per poll",
    memory: "KiB of WebAssembly memory",
    remark: "remark",
  },
  rows: remarked(
    "allocations",
    [...allocations].map(([client, all]) => ({
      client,
      allocated: median(all.flatMap(({ allocated }) => (allocated ? [allocated / 1_024] : []))),
      memory: median(all.map(({ memory }) => memory / 1_024)),
    })),
  ),
});
