// @ts-check
// Many waits at once, in one process for each client: memory, how busy the process is, how late its event loop, and how many
// requests it sends; and what ten waiters on one session send.
import { measure } from "./lib/apart.mjs";
import { chosen } from "./lib/chosen.mjs";
import { report } from "./lib/report.mjs";
import { interleaved, quantile, rounds } from "./lib/rounds.mjs";

const WAITS = Number(process.env.BENCH_WAITS ?? 10_000);
const names = chosen().map(({ name }) => name);

/** @type {Map<string, Record<string, number>[]>} */
const results = await interleaved(names, rounds(3), (name) =>
  measure("scale-of.mjs", [name, WAITS], ["--expose-gc"]),
);
const median = (/** @type {string} */ name, /** @type {string} */ what) =>
  quantile(
    (results.get(name) ?? []).map((one) => one[what]),
    0.5,
  );
const floor = names.includes("hand-written") ? median("hand-written", "bytes") : 0;

await report("scale", {
  about: `${WAITS} waits at once in one process, each client on its default schedule, on a service in the process that answers after 20 ms and never ends. Memory is of waits that sleep, after a collection.`,
  columns: {
    client: "client",
    bytes: "bytes each",
    beyond: "beyond hand-written",
    requests: "requests each per second",
    busy: "CPUs busy",
    middle: "ms of event-loop delay, median",
    most: "99 %",
    crowded: "requests of 10 waiters on one session, 5 s",
  },
  rows: names.map((client) => ({
    client,
    bytes: Math.round(median(client, "bytes")),
    beyond: Math.round(median(client, "bytes") - floor),
    requests: median(client, "requests"),
    busy: median(client, "busy"),
    middle: median(client, "middle"),
    most: median(client, "most"),
    crowded: median(client, "crowded"),
  })),
});
