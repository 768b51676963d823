// @ts-check
// Measures the lag between an answer and its arrival at the client, and the number of requests. All clients poll the same
// sessions, with their default schedule and with their documented settings, on a virtual clock without a network.
// @ts-ignore A dependency of the benchmarks only.
import FakeTimers from "@sinonjs/fake-timers";
import { createInMemoryService } from "../lib/in-memory-service.mjs";
import { loadConnect, peerNamed } from "../lib/peers.mjs";
import { generationTimes } from "../lib/random.mjs";
import { report } from "../lib/results.mjs";
import { selectPeers } from "../lib/selection.mjs";

const EXCHANGE_MS = 40;
/** Turns of the event loop between two timers: enough for any client to finish its pending promises. */
const TURNS = 4;
const SESSIONS = Number(process.env.BENCH_SESSIONS ?? 400);
const BASE_URL = "https://service.invalid";
/** Intervals of the reference loop, in seconds. */
const INTERVALS = [0.25, 0.5, 1, 2, 5, 10];
const COLUMNS = { lag: "mean lag, s", relative: "mean lag, % of session", requests: "requests" };

export async function run() {
  const about = `${SESSIONS} sessions: log-normal, median 12 s, sigma 0.9, clipped to 1–300 s, seed 1. One HTTP exchange takes ${EXCHANGE_MS} ms.`;
  const times = generationTimes(SESSIONS);
  const realFetch = globalThis.fetch;
  try {
    const rows = [];
    for (const peer of selectPeers("lag")) {
      rows.push({ client: peer.name, ...(await measureLag(peer, times)), remark: peer.remark });
    }
    const loops = [];
    for (const interval of INTERVALS) {
      const loop = { ...peerNamed("hand-written"), intervalMs: interval * 1_000 };
      loops.push({ interval, ...(await measureLag(loop, times)) });
    }
    await report("lag", {
      about,
      columns: { client: "client", ...COLUMNS, remark: "remark" },
      rows,
    });
    await report("lag-intervals", {
      about: `A loop with a fixed interval. ${about}`,
      columns: { interval: "interval, s", ...COLUMNS },
      rows: loops,
    });
  } finally {
    globalThis.fetch = realFetch;
  }
}

/**
 * @param {import("../lib/peers.mjs").Peer} peer
 * @param {ReturnType<typeof generationTimes>} times
 */
async function measureLag(peer, times) {
  const connect = await loadConnect(peer);
  await warmUp(peer, connect);
  const clock = FakeTimers.install({
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
  });
  try {
    let startTime = 0;
    let session = times[0];
    const { fetch, requests } = createInMemoryService(peer, {
      exchangeMs: EXCHANGE_MS,
      stageTimes: () => [startTime + session.ms * session.findingShare, startTime + session.ms],
    });
    // Replaced globally, since one client has no option for `fetch`.
    globalThis.fetch = fetch;
    const open = () => connect({ baseUrl: BASE_URL, key: "a key", fetch });
    let connection = open();
    const lags = [];
    for (session of times) {
      if (!peer.sharedClient) connection = open();
      // The session begins when the create reaches the server.
      startTime = Date.now() + EXCHANGE_MS / 2;
      const { create, poll } = connection;
      await advance(
        clock,
        create().then((created) => poll(created, { intervalMs: peer.intervalMs })),
      );
      lags.push(Date.now() - startTime - session.ms);
    }
    return {
      lag: mean(lags) / 1_000,
      relative: mean(lags.map((lag, index) => lag / times[index].ms)) * 100,
      requests: requests.polls / times.length,
    };
  } finally {
    clock.uninstall();
  }
}

/**
 * Creates one job on the real clock. The first call of a client can load a module, which the virtual clock would overtake.
 * @param {import("../lib/peers.mjs").Peer} peer
 * @param {import("../lib/peers.mjs").Connect} connect
 */
async function warmUp(peer, connect) {
  const { fetch } = createInMemoryService(peer, { exchangeMs: 0, stageTimes: () => [0, 0] });
  globalThis.fetch = fetch;
  await connect({ baseUrl: BASE_URL, key: "a key", fetch }).create();
}

/**
 * Moves the clock from timer to timer until a promise settles.
 * @param {{ nextAsync(): Promise<unknown> }} clock
 * @param {Promise<unknown>} promise
 */
async function advance(clock, promise) {
  let settled = false;
  const ended = promise.finally(() => (settled = true));
  ended.catch(() => {});
  // Finishes pending promises before the next timer.
  for (let turn = 0; !settled; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (turn % TURNS === 0 && !settled) await clock.nextAsync();
  }
  await ended;
}

/** @param {number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
