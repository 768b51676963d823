// @ts-check
// How long after an answer is there each client has it, and with how many requests: over the same generation times, each
// client on its default schedule and with its documented settings, on a virtual clock. No network: an exchange takes 40 ms.
// @ts-ignore Installed for the benchmarks alone.
import FakeTimers from "@sinonjs/fake-timers";
import { chosen } from "./lib/chosen.mjs";
import { connectOf, peer } from "./lib/peers.mjs";
import { serviceInside } from "./lib/inside.mjs";
import { generationTimes } from "./lib/random.mjs";
import { report } from "./lib/report.mjs";

const EXCHANGE_MS = 40;
// Of the event loop, between two timers: more than any client needs for what takes no time.
const TURNS = 4;
const SESSIONS = Number(process.env.BENCH_SESSIONS ?? 400);
const times = generationTimes(SESSIONS);
/** Seconds, of a loop with nothing but an interval. */
const INTERVALS = [0.25, 0.5, 1, 2, 5, 10];
const BASE_URL = "https://service.invalid";

/** @param {import("./lib/peers.mjs").Peer} client */
async function lagOf(client) {
  const connect = await connectOf(client);
  const clock = FakeTimers.install({
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
  });
  try {
    let begins = 0;
    let now = times[0];
    const { fetch, seen } = serviceInside(client, {
      exchangeMs: EXCHANGE_MS,
      dates: () => [begins + now.ms * now.finding, begins + now.ms],
    });
    globalThis.fetch = fetch;
    const open = () => connect({ baseUrl: BASE_URL, key: "a key", fetch });
    let connection = open();
    const lags = [];
    for (now of times) {
      if (!client.learning) connection = open();
      let done = false;
      // The session begins where its creation reaches the server.
      begins = Date.now() + EXCHANGE_MS / 2;
      const started = connection.create();
      const waited = started
        .then((it) => connection.wait(it, { intervalMs: client.intervalMs }))
        .finally(() => (done = true));
      waited.catch(() => {});
      // Everything that needs no time comes first: the next timer must not overtake it.
      for (let turn = 0; !done; turn++) {
        await new Promise((resolve) => setImmediate(resolve));
        if (turn % TURNS === 0 && !done) await clock.nextAsync();
      }
      await waited;
      lags.push(Date.now() - begins - now.ms);
    }
    const mean = (/** @type {number[]} */ all) =>
      all.reduce((sum, one) => sum + one, 0) / all.length;
    return {
      lag: mean(lags) / 1_000,
      relative: mean(lags.map((lag, at) => lag / times[at].ms)) * 100,
      requests: seen.asks / SESSIONS,
    };
  } finally {
    clock.uninstall();
  }
}
const realFetch = globalThis.fetch;
const rows = [];
for (const one of chosen("lag")) {
  rows.push({ client: one.name, ...(await lagOf(one)), remark: one.remark });
}
const loops = [];
for (const interval of INTERVALS) {
  const loop = await lagOf({ ...peer("hand-written"), intervalMs: interval * 1_000 });
  loops.push({ interval, ...loop });
}
globalThis.fetch = realFetch;

const about = `${SESSIONS} sessions, log-normal, median 12 s, sigma 0.9, clipped to 1–300 s, seed 1; an exchange takes ${EXCHANGE_MS} ms.`;
const columns = { lag: "mean lag, s", relative: "mean lag, % of the wait", requests: "requests" };
await report("lag", {
  about,
  columns: { client: "client", ...columns, remark: "remark" },
  rows,
});
await report("lag-intervals", {
  about: `A loop with a fixed interval; ${about}`,
  columns: { interval: "seconds", ...columns },
  rows: loops,
});
