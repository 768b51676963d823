// @ts-check
// examples/queue with a real Redis that restarts, workers that are killed, and an API that fails.
import assert from "node:assert/strict";
import { appendFile, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startRedis } from "../../scripts/lib/services.mjs";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { startApi } from "./support/api.mjs";
import { killAtRandom, startFleet } from "./support/fleet.mjs";
import { installExample } from "./support/install.mjs";
import { checkEnd, parseLines, questions } from "./support/questions.mjs";

const exec = promisify(execFile);

const COUNT = 200;
const WORKERS = 3;
const PATIENCE_MS = 60_000;
/** Only the example's times are changed, which are too long for a test. */
const TIMES = { LOCK_MS: "2500", SETTLE_MS: "3000", POLL_MS: "1000", PAUSE_MS: "200" };
const PACE = { CREATES_PER_SECOND: "30", WAITS_AT_ONCE: "30" };

const redis = await startRedis();
const skip = redis ? false : "redis-server is missing and cannot be installed";

describe("examples/queue", { skip }, () => {
  /** @type {string} */
  let folder;
  before(async () => {
    folder = await installExample("queue");
  });
  after(() => redis?.remove());

  /**
   * A night of questions: adds them, starts the workers, and returns the commands of the example.
   * @param {string} name
   * @param {Omit<import("./support/api.mjs").ApiOptions, "shortestMs" | "longestMs">} options
   */
  async function night(name, options) {
    const api = await startApi({ shortestMs: 200, longestMs: 2_000, ...options }, (worker) =>
      fleet.kill(worker),
    );
    const env = (/** @type {string} */ worker) => ({
      ...TIMES,
      ...PACE,
      AIERA_API_KEY: "test-key",
      AIERA_BASE_URL: `${api.url}/${worker}`,
      REDIS_URL: redis?.url ?? "",
      QUEUE: name,
    });
    const prompts = questions(COUNT);
    const files = ["questions.txt", "answers.jsonl"].map((file) =>
      path.join(folder, `${name}-${file}`),
    );
    await writeFile(files[0], `${prompts.join("\n")}\n`);
    await rm(files[1], { force: true });
    const main = async (/** @type {string[]} */ ...args) =>
      (
        await exec(process.execPath, ["main.mjs", ...args], {
          cwd: folder,
          env: { ...process.env, ...env("cli") },
          maxBuffer: 1e8,
          timeout: PATIENCE_MS,
        })
      ).stdout;

    assert.equal(await main("add", files[0], "--batch", name), `added ${COUNT}, there already 0\n`);
    const fleet = startFleet({ size: WORKERS, args: ["main.mjs", "work"], cwd: folder, env });
    return {
      api,
      fleet,
      prompts,
      main,
      questionsFile: files[0],
      answersFile: files[1],
      async end(retried = 0) {
        await main("results", files[1]);
        const answers = parseLines(await readFile(files[1], "utf8"));
        const dead = parseLines(await main("dead"));
        const state = await api.state();
        checkEnd({ prompts, answers, dead, state, retried });
        assert.deepEqual(fleet.crashes, [], fleet.output);
        return { answers, dead, state };
      },
      async close() {
        await fleet.stop("SIGKILL");
        await api.close();
      },
    };
  }

  test("every question ends once if workers are killed at any point", async () => {
    const lost = [17, 60, 90];
    const unsaved = [5, 33, 45, 46, 80, 100];
    const { fleet, main, end, close, answersFile, questionsFile } = await night("killed", {
      seed: 1,
      lost,
      unsaved,
    });
    try {
      await killAtRandom(fleet, main("progress", "--watch"));
      const first = await end();
      assert.ok(fleet.kills >= lost.length + unsaved.length, `${fleet.kills} kills`);
      assert.equal(
        first.state.creates.length,
        first.state.sessions.length,
        "as many sessions as creates",
      );
      // A create that never arrived looks like one that did, so a person decides.
      assert.ok(first.dead.length >= lost.length, `${first.dead.length} in the dead letter`);
      for (const { code, sessionId } of first.dead) {
        assert.equal(code, "create_outcome_unknown");
        assert.equal(sessionId, undefined);
      }

      // The sink: after a crash that cut off the last line, nothing is stored twice.
      const whole = await readFile(answersFile, "utf8");
      await appendFile(answersFile, whole.slice(0, 100));
      assert.equal(
        await main("results", answersFile),
        `added 0, there already ${first.answers.length}\n`,
      );
      assert.equal(await readFile(answersFile, "utf8"), whole);
      assert.equal(
        await main("add", questionsFile, "--batch", "killed"),
        `added 0, there already ${COUNT}\n`,
        "the same file asks nothing again",
      );

      const retried = await main("retry", "--all");
      assert.equal(retried.trim().split("\n").length, first.dead.length);
      await main("progress", "--watch");
      const last = await end();
      assert.deepEqual(last.dead, []);
      assert.equal(last.answers.length, COUNT);
      assert.equal(last.state.sessions.length, COUNT);
      assert.equal(last.state.creates.length, COUNT);
      assert.deepEqual(
        await fleet.stop(),
        Array(WORKERS).fill(0),
        "workers stop when they are asked to",
      );
    } finally {
      await close();
    }
  });

  test("every question ends once if one request in five fails and workers are killed", async () => {
    const { api, fleet, main, end, close } = await night("failing", {
      seed: 2,
      failing: true,
      unsaved: [20, 70],
    });
    try {
      await killAtRandom(fleet, main("progress", "--watch"));
      const first = await end();
      assert.ok(first.dead.length > 0, "some creates failed without a session");
      for (const { code } of first.dead) assert.equal(code, "create_outcome_unknown");
      await api.heal();
      await main("retry", "--all");
      await main("progress", "--watch");
      const last = await end(first.dead.length);
      assert.equal(last.answers.length, COUNT);
      assert.equal(last.state.sessions.length, COUNT);
    } finally {
      await close();
    }
  });

  test("every question ends once if Redis restarts", async () => {
    const { fleet, main, end, close } = await night("restarted", { seed: 3, unsaved: [40] });
    try {
      const done = main("progress", "--watch");
      for (const signal of /** @type {const} */ (["SIGKILL", "SIGTERM", "SIGKILL"])) {
        await sleep(1_500);
        await redis?.stop(signal);
        await sleep(300);
        await redis?.start();
      }
      await done;
      const { answers, state } = await end();
      assert.equal(state.creates.length, state.sessions.length);
      assert.ok(answers.length >= COUNT - 10, `${answers.length} answers`);
      assert.equal(fleet.kills, 1);
    } finally {
      await close();
    }
  });
});
