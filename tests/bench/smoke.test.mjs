// @ts-check
// The benchmarks, run short: each question has an answer for whoever it is asked of, and the plots are drawn. Times are not
// looked at. What depends on no clock is: the schedule on its virtual one, and the memory of a wait.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const RUN = fileURLToPath(new URL("../../bench/run.mjs", import.meta.url));
/** Of a wait, beyond what a loop over fetch takes. */
const MOST_BYTES = 4_096;

const folder = await mkdtemp(path.join(tmpdir(), "aiera-chat-bench-"));
after(() => rm(folder, { recursive: true, force: true }));

/**
 * Runs benchmarks, and gives what they left.
 * @param {string[]} questions
 * @param {Record<string, string>} settings
 * @returns {Promise<Record<string, Record<string, any>[]>>} rows by question
 */
async function bench(questions, settings) {
  const env = { ...process.env, BENCH_RESULTS: folder, ...settings };
  await promisify(execFile)(process.execPath, [RUN, ...questions], { env, maxBuffer: 1e8 });
  const files = (await readdir(folder)).filter((file) => file.endsWith(".json"));
  const results = files.map(async (file) => {
    const { question, rows } = JSON.parse(await readFile(path.join(folder, file), "utf8"));
    return [question, rows];
  });
  return Object.fromEntries(await Promise.all(results));
}

const LOOP = "hand-written";
const OWN = "aiera-chat";

test("each question of ours and of the loop, and the plots", async () => {
  const questions = ["size", "lag", "cost", "start", "scale", "safety", "prompt", "plots"];
  const results = await bench(questions, {
    BENCH_PEERS: `${LOOP},${OWN}`,
    BENCH_ROUNDS: "1",
    BENCH_SESSIONS: "5",
    BENCH_POLLS: "20",
    BENCH_WAITS: "1000",
    BENCH_BEGIN_MS: "1000",
    BENCH_WATCHED_MS: "2000",
    BENCH_CALLS: "3",
  });
  for (const [question, rows] of Object.entries(results)) {
    assert.ok(rows.length > 1, question);
    for (const value of rows.flatMap((row) => Object.values(row).flat())) {
      assert.ok(typeof value === "string" || Number.isFinite(value), `${question}: ${value}`);
    }
  }
  const own = (/** @type {string} */ question) =>
    results[question].find(({ client }) => client === OWN) ?? {};
  assert.ok(own("scale").beyond <= MOST_BYTES, JSON.stringify(own("scale")));
  const { create, reset, stall, abort, redirect, print } = own("safety");
  const right = {
    create: 1,
    reset: 1,
    stall: "asks again",
    abort: "at once",
    redirect: "refused",
    print: "no key",
  };
  assert.deepEqual({ create, reset, stall, abort, redirect, print }, right);
  for (const plot of ["lag.svg", "costs.svg"]) {
    const svg = await readFile(path.join(folder, plot), "utf8");
    assert.match(svg, /^<svg [^]*aiera-chat[^]*<\/svg>\n$/);
    assert.doesNotMatch(svg, /NaN|undefined/);
  }
});

test("no peer's default schedule is better in lag, relative lag and requests together", async () => {
  const { lag, size } = await bench(["size", "lag"], {});
  const ours = lag.find(({ client }) => client === OWN) ?? {};
  // A service that holds a request open, or streams, is no schedule of its client's.
  const schedules = lag.filter(
    ({ client }) => ![OWN, "replicate, wait: 60", "@fal-ai/client, streaming"].includes(client),
  );
  assert.ok(schedules.length > 12);
  for (const { client, ...theirs } of schedules) {
    const better = ["lag", "relative", "requests"].filter((what) => theirs[what] <= ours[what]);
    assert.ok(client.startsWith(OWN) || better.length < 3, `${client}: ${JSON.stringify(theirs)}`);
  }
  for (const { client, gzip } of size) assert.ok(gzip > 300, client);
});
