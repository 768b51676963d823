// @ts-check
// How long after an answer is there each client has it, and with how many requests: over the same generation times, each
// client on its default schedule, on a virtual clock. No network: an exchange takes 40 ms of that clock.
// @ts-ignore Installed for the benchmarks alone.
import FakeTimers from "@sinonjs/fake-timers";
import { chosen } from "./lib/chosen.mjs";
import { connectOf } from "./lib/peers.mjs";
import { serviceInside } from "./lib/inside.mjs";
import { generationTimes } from "./lib/random.mjs";
import { report } from "./lib/report.mjs";

const EXCHANGE_MS = 40;
// Of the event loop, between two timers: more than any client needs for what takes no time.
const TURNS = 4;
const SESSIONS = Number(process.env.BENCH_SESSIONS ?? 400);
const times = generationTimes(SESSIONS);
const BASE_URL = "https://service.invalid";

/**
 * @param {import("./lib/peers.mjs").Peer} peer
 * @param {boolean} [learning] whether one client sees all sessions; else there is a new one for each
 */
async function lagOf(peer, learning = false) {
  const connect = await connectOf(peer);
  const clock = FakeTimers.install({
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
  });
  try {
    let begins = 0;
    let now = times[0];
    const { fetch, seen } = serviceInside(peer, {
      exchangeMs: EXCHANGE_MS,
      stageOf() {
        const waited = Date.now() - begins;
        if (waited >= now.ms) return 2;
        return waited >= now.ms * now.finding ? 1 : 0;
      },
    });
    globalThis.fetch = fetch;
    const open = () => connect({ baseUrl: BASE_URL, key: "a key", fetch });
    let client = open();
    const lags = [];
    for (now of times) {
      if (!learning) client = open();
      let done = false;
      const started = client.create();
      // The session begins where its creation reached the server.
      begins = Date.now() + EXCHANGE_MS / 2;
      const waited = started.then((id) => client.wait(id)).finally(() => (done = true));
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
for (const peer of chosen()) {
  rows.push({ client: peer.name, ...(await lagOf(peer)), remark: peer.remark ?? "" });
  if (peer.name === "aiera-chat") {
    rows.push({
      client: "aiera-chat, one client for all",
      ...(await lagOf(peer, true)),
      remark: "",
    });
  }
}
globalThis.fetch = realFetch;

await report("lag", {
  about: `${SESSIONS} sessions, log-normal, median 12 s, sigma 0.9, clipped to 1–300 s, seed 1; an exchange takes ${EXCHANGE_MS} ms.`,
  columns: {
    client: "client",
    lag: "mean lag, s",
    relative: "mean lag, % of the wait",
    requests: "requests",
    remark: "remark",
  },
  rows,
});
