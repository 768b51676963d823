// @ts-check
// Measures many concurrent calls in one process: their memory, the CPU load, the delay of the event loop, and the requests.
// Also counts the requests of ten callers that poll one session.
import { measure } from "../lib/child-process.mjs";
import { report } from "../lib/results.mjs";
import { interleave, quantile, roundCount } from "../lib/rounds.mjs";
import { selectPeers } from "../lib/selection.mjs";

const SCALE_WORKER = new URL("./scale.worker.mjs", import.meta.url);
const SHARED_SESSION_WORKER = new URL("./shared-session.worker.mjs", import.meta.url);
const CALLS = Number(process.env.BENCH_CONCURRENT_CALLS ?? 10_000);
/** Longer than most sessions, so that sessions of all ages run when the measurement starts. */
const RAMP_UP_MS = Number(process.env.BENCH_RAMP_UP_MS ?? 20_000);
/** Long enough for several full garbage collections: with fewer, results depend on whether there is one. */
const MEASURE_MS = Number(process.env.BENCH_MEASURE_MS ?? 10_000);
const SHARED_SESSION_SECONDS = 5;

export async function run() {
  // These processes are mostly idle, so they run concurrently.
  const sharedSessions = await Promise.all(
    selectPeers("shared-session").map(async ({ name, remark }) => ({
      client: name,
      sharedRequests: Number(await measure(SHARED_SESSION_WORKER, [name, SHARED_SESSION_SECONDS])),
      remark,
    })),
  );
  const remarks = new Map(selectPeers("scale").map(({ name, remark }) => [name, remark]));
  /** @type {Map<string, Record<string, number>[]>} */
  const measurements = await interleave([...remarks.keys()], roundCount(3), (name) =>
    measure(SCALE_WORKER, [name, CALLS, RAMP_UP_MS, MEASURE_MS], ["--expose-gc"]),
  );
  const rows = summarize(measurements);
  await report("scale", {
    about: `${CALLS.toLocaleString("en")} concurrent calls in one process, each client on its default schedule; the service is in the same process and its responses take 20 ms. Memory: all calls asleep, after garbage collection. The other columns: ${MEASURE_MS / 1_000} s, starting ${RAMP_UP_MS / 1_000} s after the first call, with sessions as in [Lag](#lag); another one follows each session.`,
    columns: {
      client: "client",
      bytes: "bytes per call",
      bytesRange: "range",
      bytesBeyondLoop: "beyond the loop's",
      requests: "requests per call and second",
      cpus: "CPUs busy",
      delay: "event-loop delay, ms: median",
      delay99: "99 %",
      delay99Range: "range of 99 %",
      sharedRequests: `requests of 10 callers on one session, ${SHARED_SESSION_SECONDS} s`,
      remark: "remark",
    },
    // A peer only in the shared session has no other figures.
    rows: sharedSessions.map((row) => ({
      ...row,
      ...rows.find(({ client }) => client === row.client),
      remark: remarks.get(row.client) ?? row.remark,
    })),
  });
}

/** @param {Map<string, Record<string, number>[]>} measurements */
function summarize(measurements) {
  const spread = (/** @type {string} */ client, /** @type {string} */ key) => {
    const values = (measurements.get(client) ?? []).map((one) => one[key]);
    return { least: quantile(values, 0), median: quantile(values, 0.5), most: quantile(values, 1) };
  };
  const loopBytes = measurements.has("hand-written") ? spread("hand-written", "bytes").median : 0;
  return [...measurements.keys()].map((client) => {
    const [bytes, delay99] = [spread(client, "bytes"), spread(client, "delay99")];
    return {
      client,
      bytes: Math.round(bytes.median),
      bytesRange: [Math.round(bytes.least), Math.round(bytes.most)],
      bytesBeyondLoop: Math.round(bytes.median - loopBytes),
      requests: spread(client, "requests").median,
      cpus: spread(client, "cpus").median,
      delay: spread(client, "delay").median,
      delay99: delay99.median,
      delay99Range: [delay99.least, delay99.most],
    };
  });
}
