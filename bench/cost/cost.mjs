// @ts-check
// Measures the CPU time and the allocations of one poll, for small sessions and for sessions of 5 MB. Each client and its
// service run in separate processes, at the client's shortest interval.
import { measure, startService } from "../lib/child-process.mjs";
import { report } from "../lib/results.mjs";
import { compareToFirst, COMPARISON, interleave, median, roundCount } from "../lib/rounds.mjs";
import { selectPeers, withRemarks } from "../lib/selection.mjs";

const WORKER = new URL("./cost.worker.mjs", import.meta.url);
const SESSIONS = 3;
const POLLS = Number(process.env.BENCH_POLLS ?? 400);
const SMALL = { polls: POLLS };
const LARGE = { polls: Math.ceil(POLLS / 20), bytes: 5_000_000 };
// The young generation holds all garbage of a session of small polls, so the growth of the heap equals the allocations.
const LARGE_YOUNG_GENERATION = ["--min-semi-space-size=512", "--max-semi-space-size=512"];
const LARGE_SESSION = "a session of 5 MB (in the shape of this API's session, for every service)";

/** @typedef {{ polls: number, bytes?: number, unchanged?: boolean }} Load */
/** @typedef {{ cpu: number, allocated: number | null, memory: number }} Cost */

export async function run() {
  await reportCpu("cost", "a small session", SMALL, roundCount(11));
  await reportCpu("cost-5mb", `${LARGE_SESSION} that changes each time`, LARGE, roundCount(7));
  const unchanged = { ...LARGE, unchanged: true };
  await reportCpu(
    "cost-5mb-unchanged",
    `${LARGE_SESSION} that does not change`,
    unchanged,
    roundCount(7),
  );
  await reportAllocations();
}

/**
 * @param {Load} load
 * @param {number} rounds
 * @param {string[]} [flags]
 * @returns {Promise<Map<string, Cost[]>>}
 */
async function measureCosts(load, rounds, flags) {
  const peers = selectPeers("cost");
  const services = new Map();
  try {
    for (const peer of peers) services.set(peer.name, await startService(peer, load));
    const names = peers.map(({ name }) => name);
    return await interleave(names, rounds, (name) =>
      measure(WORKER, [name, services.get(name).baseUrl, SESSIONS, load.polls], flags),
    );
  } finally {
    for (const service of services.values()) service.close();
  }
}

/**
 * @param {string} name
 * @param {string} session
 * @param {Load} load
 * @param {number} rounds
 */
async function reportCpu(name, session, load, rounds) {
  const costs = await measureCosts(load, rounds);
  const times = new Map([...costs].map(([client, all]) => [client, all.map(({ cpu }) => cpu)]));
  await report(name, {
    about: `CPU time of one poll of ${session}, user and system, in µs. ${rounds} rounds of ${SESSIONS} sessions with ${load.polls} polls each.`,
    columns: { client: "client", ...COMPARISON, remark: "remark" },
    rows: withRemarks(name, compareToFirst(times)),
  });
}

async function reportAllocations() {
  const costs = await measureCosts(SMALL, roundCount(3), LARGE_YOUNG_GENERATION);
  const rows = [...costs].map(([client, all]) => ({
    client,
    allocated: median(all.flatMap(({ allocated }) => (allocated ? [allocated / 1_024] : []))),
    memory: median(all.map(({ memory }) => memory / 1_024)),
  }));
  await report("allocations", {
    about:
      "JavaScript heap that one poll of a small session allocates, and WebAssembly memory at the end, both in KiB. Node's `fetch` accounts for 128 KiB of the latter.",
    columns: {
      client: "client",
      allocated: "KiB per poll",
      memory: "KiB of WebAssembly memory",
      remark: "remark",
    },
    rows: withRemarks("allocations", rows),
  });
}
