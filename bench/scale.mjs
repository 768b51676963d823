// @ts-check
// Many waits at once, in one process for each client: memory, how busy the process is, how late its event loop, and how many
// requests it sends. What ten waiters on one session send is counted once, of all clients at the same time: it is next to nothing.
import { measure } from "./lib/apart.mjs";
import { chosen } from "./lib/chosen.mjs";
import { report } from "./lib/report.mjs";
import { interleaved, quantile, rounds } from "./lib/rounds.mjs";

const WAITS = Number(process.env.BENCH_WAITS ?? 10_000);
/** Longer than most sessions: by then there are young and old ones, as there always are. */
const BEGIN_MS = Number(process.env.BENCH_BEGIN_MS ?? 20_000);
/** Some full collections: in less time the figures tell whether there was one. */
const WATCHED_MS = Number(process.env.BENCH_WATCHED_MS ?? 10_000);
const CROWD_SECONDS = 5;
const peers = chosen("scale");
const names = peers.map(({ name }) => name);
const crowds = await Promise.all(
  chosen("crowd").map(async ({ name, remark }) => ({
    client: name,
    crowded: Number(await measure("crowd-of.mjs", [name, CROWD_SECONDS])),
    remark,
  })),
);

/** @type {Map<string, Record<string, number>[]>} */
const results = await interleaved(names, rounds(3), (name) =>
  measure("scale-of.mjs", [name, WAITS, BEGIN_MS, WATCHED_MS], ["--expose-gc"]),
);
/** Least, median and most. @param {string} name @param {string} what */
function spread(name, what) {
  const all = (results.get(name) ?? []).map((one) => one[what]);
  return { least: quantile(all, 0), median: quantile(all, 0.5), most: quantile(all, 1) };
}
const floor = names.includes("hand-written") ? spread("hand-written", "bytes").median : 0;
const measured = names.map((client) => {
  const [bytes, late] = [spread(client, "bytes"), spread(client, "late")];
  return {
    client,
    bytes: Math.round(bytes.median),
    range: [Math.round(bytes.least), Math.round(bytes.most)],
    beyond: Math.round(bytes.median - floor),
    requests: spread(client, "requests").median,
    busy: spread(client, "busy").median,
    usual: spread(client, "usual").median,
    late: late.median,
    lateRange: [late.least, late.most],
  };
});

await report("scale", {
  about: `${WAITS} waits at once in one process, each client on its default schedule, on a service in the process, whose answers take 20 ms. Memory is of waits that sleep, after a collection. The rest is of ${WATCHED_MS / 1_000} s among sessions that take as long as those of the lag, each followed by another, ${BEGIN_MS / 1_000} s after the first began.`,
  columns: {
    client: "client",
    bytes: "bytes each",
    range: "range",
    beyond: "beyond hand-written",
    requests: "requests each per second",
    busy: "CPUs busy",
    usual: "ms of event-loop delay, median",
    late: "99 %",
    lateRange: "range",
    crowded: `requests of 10 waiters on one session, ${CROWD_SECONDS} s`,
    remark: "remark",
  },
  // A setting that is about the crowd has no more than that.
  rows: crowds.map((crowd) => ({
    ...crowd,
    ...measured.find(({ client }) => client === crowd.client),
  })),
});
