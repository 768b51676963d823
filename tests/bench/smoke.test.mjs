// @ts-check
// Short runs of the benchmarks. They check only results that do not depend on the clock: the schedule, which has a virtual
// clock, and the memory of a call.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const RUN = fileURLToPath(new URL("../../bench/run.mjs", import.meta.url));
const LOOP = "hand-written";
const OWN = "aiera-chat";
/** The limit of bytes per call beyond those of a hand-written loop. */
const MOST_BYTES = 4_096;

const folder = await mkdtemp(path.join(tmpdir(), "aiera-chat-bench-"));
after(() => rm(folder, { recursive: true, force: true }));

/**
 * Runs benchmarks and returns their results.
 * @param {string[]} args
 * @param {Record<string, string>} settings
 * @returns {Promise<{ stdout: string, results: Record<string, Record<string, any>[]> }>} the rows by result
 */
async function bench(args, settings) {
  const env = {
    ...process.env,
    BENCH_RESULTS: path.join(folder, "results"),
    BENCH_PUBLISH_TO: path.join(folder, "pages"),
    ...settings,
  };
  const options = { env, maxBuffer: 1e8 };
  const { stdout } = await promisify(execFile)(process.execPath, [RUN, ...args], options);
  const files = await readdir(env.BENCH_RESULTS).catch(() => []);
  const results = files.map(async (file) => {
    const { name, rows } = JSON.parse(await readFile(path.join(env.BENCH_RESULTS, file), "utf8"));
    return [name, rows];
  });
  return { stdout, results: Object.fromEntries(await Promise.all(results)) };
}

test("each benchmark has results for the loop and for aiera-chat, and they can be published", async () => {
  const names = [
    "size",
    "lag",
    "cost",
    "start",
    "scale",
    "safety",
    "cancellation",
    "element",
    "publish",
  ];
  const { results } = await bench(names, {
    BENCH_PEERS: `${LOOP},${OWN}`,
    BENCH_ROUNDS: "1",
    BENCH_SESSIONS: "5",
    BENCH_POLLS: "20",
    BENCH_CONCURRENT_CALLS: "1000",
    BENCH_RAMP_UP_MS: "1000",
    BENCH_MEASURE_MS: "2000",
    BENCH_CALLS: "3",
    BENCH_TURNS: "3",
  });
  for (const [name, rows] of Object.entries(results)) {
    assert.ok(rows.length > 1, name);
    for (const value of rows.flatMap((row) => Object.values(row).flat())) {
      assert.ok(typeof value === "string" || Number.isFinite(value), `${name}: ${value}`);
    }
  }
  const own = (/** @type {string} */ name) =>
    results[name].find(({ client }) => client === OWN) ?? {};
  assert.ok(own("scale").bytesBeyondLoop <= MOST_BYTES, JSON.stringify(own("scale")));
  const { create, reset, stalledBody, abort, redirect, print } = own("safety");
  assert.deepEqual(
    { create, reset, stalledBody, abort, redirect, print },
    {
      create: 1,
      reset: 1,
      stalledBody: "retried",
      abort: "immediate",
      redirect: "refused",
      print: "hidden",
    },
  );

  const page = (/** @type {string} */ file) => readFile(path.join(folder, "pages", file), "utf8");
  for (const plot of ["lag.svg", "costs.svg"]) {
    const svg = await page(`bench/plots/${plot}`);
    assert.match(svg, /^<svg [^]*aiera-chat[^]*<\/svg>\n$/);
    assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
  }
  const summary = await page("docs/benchmarks.md");
  assert.match(
    summary,
    /<!-- bench: faults -->\n\n\| +\| POSTs [^]*\n\| \*\*aiera-chat\*\* +\| 1 /,
  );
  const tables = await page("bench/README.md");
  assert.match(tables, /<!-- bench: safety -->\n\nEach case [^]*\| aiera-chat +\| 1 /);
  assert.match(tables, /<!-- bench: size-parts -->\n\nBytes [^]*\| data/);
});

test("size --functions prints the functions of the module by size", async () => {
  const { stdout } = await bench(["size", "--functions"], {});
  const sizes = [...stdout.matchAll(/^\| ([\d,]+) \| \d+ \| `.+` \|$/gm)].map(([, size]) =>
    Number(size.replaceAll(",", "")),
  );
  assert.ok(sizes.length > 20, stdout);
  assert.deepEqual(
    sizes,
    sizes.toSorted((a, b) => b - a),
  );
  assert.match(stdout, /`aiera_chat::/);
});

test("no client's default schedule is better in all of lag, relative lag and requests", async () => {
  const { results } = await bench(["size", "lag"], {});
  const { lag, size } = results;
  const ours = lag.find(({ client }) => client === OWN) ?? {};
  // A service that holds a request open, or streams, replaces the schedule of its client.
  const schedules = lag.filter(
    ({ client }) => ![OWN, "replicate, wait: 60", "@fal-ai/client, streaming"].includes(client),
  );
  assert.ok(schedules.length > 12);
  for (const { client, ...theirs } of schedules) {
    const better = ["lag", "relative", "requests"].filter((key) => theirs[key] <= ours[key]);
    assert.ok(client.startsWith(OWN) || better.length < 3, `${client}: ${JSON.stringify(theirs)}`);
  }
  for (const { client, gzip } of size) assert.ok(gzip > 300, client);
});
