// @ts-check
// examples/durable with a real PostgreSQL, workers that are killed, and an API that fails.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { startPostgres } from "../../scripts/lib/services.mjs";
import { startApi } from "./support/api.mjs";
import { killAtRandom, startFleet } from "./support/fleet.mjs";
import { installExample } from "./support/install.mjs";
import { checkEnd, parseLines, questions } from "./support/questions.mjs";

const exec = promisify(execFile);

const COUNT = 200;
const WORKERS = 3;
const PATIENCE_MS = 90_000;
/** Only the example's times are changed, which are too long for a test. */
const TIMES = { SETTLE_MS: "2500", POLL_MS: "1000", PAUSE_MS: "200", SETUP_PAUSE_MS: "200" };
const PACE = { CREATES_PER_SECOND: "30", CREATES_AT_ONCE: "6" };

const postgres = await startPostgres();
const skip = postgres ? false : "PostgreSQL is missing and cannot be installed";

describe("examples/durable", { skip }, () => {
  /** @type {string} */
  let folder;
  before(async () => {
    folder = await installExample("durable");
  });
  after(() => postgres?.remove());

  /** @type {(() => Promise<unknown>)[]} */
  let ends = [];
  afterEach(async () => {
    for (const end of ends.reverse()) await end();
    ends = [];
  });

  /**
   * A night of questions in a new database: adds them, starts the workers, and returns the commands of the example.
   * @param {string} name
   * @param {Omit<import("./support/api.mjs").ApiOptions, "shortestMs" | "longestMs">} options
   */
  async function night(name, options) {
    const api = await startApi({ shortestMs: 200, longestMs: 2_000, ...options }, (worker) =>
      fleet.kill(worker),
    );
    ends.push(() => api.close());
    const env = (/** @type {string} */ worker) => ({
      ...TIMES,
      ...PACE,
      AIERA_API_KEY: "test-key",
      AIERA_BASE_URL: `${api.url}/${worker}`,
      DATABASE_URL: postgres?.url.replace(/postgres$/, name) ?? "",
      WORKER: worker,
    });
    const main = async (/** @type {string[]} */ ...args) =>
      (
        await exec(process.execPath, ["main.mjs", ...args], {
          cwd: folder,
          env: { ...process.env, ...env("cli") },
          maxBuffer: 1e8,
          timeout: PATIENCE_MS,
        })
      ).stdout;
    const prompts = questions(COUNT);
    const [questionsFile, answersFile] = ["questions.txt", "answers.jsonl"].map((file) =>
      path.join(folder, `${name}-${file}`),
    );
    await writeFile(questionsFile, `${prompts.join("\n")}\n`);
    await rm(answersFile, { force: true });
    await main("setup");
    assert.equal(
      await main("add", questionsFile, "--batch", name),
      `added ${COUNT}, there already 0\n`,
    );
    const fleet = startFleet({ size: WORKERS, args: ["main.mjs", "work"], cwd: folder, env });
    ends.push(() => fleet.stop("SIGKILL"));
    const end = async (retried = 0) => {
      await main("results", answersFile);
      const answers = parseLines(await readFile(answersFile, "utf8"));
      const dead = parseLines(await main("dead"));
      const state = await api.state();
      checkEnd({ prompts, answers, dead, state, retried });
      assert.deepEqual(fleet.crashes, [], fleet.output);
      return { answers, dead, state };
    };
    return { api, fleet, main, end, questionsFile };
  }

  test("every question ends once if workers are killed at any point", async () => {
    const lost = [17, 60, 90];
    const unsaved = [5, 33, 45, 46, 80, 100];
    const { fleet, main, end, questionsFile } = await night("killed", { seed: 1, lost, unsaved });
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
    console.error("dead", first.dead.length, fleet.kills);
    for (const { code } of first.dead) assert.equal(code, "create_outcome_unknown");
    assert.equal(
      await main("add", questionsFile, "--batch", "killed"),
      `added 0, there already ${COUNT}\n`,
    );

    await main("retry", "--all");
    await main("progress", "--watch");
    const last = await end();
    assert.deepEqual(last.dead, []);
    assert.equal(last.state.sessions.length, COUNT);
    assert.equal(last.state.creates.length, COUNT);
    assert.deepEqual(
      await fleet.stop(),
      Array(WORKERS).fill(0),
      "workers stop when they are asked to",
    );
  });

  test("every question ends once if one request in five fails and workers are killed", async () => {
    const { api, fleet, main, end } = await night("failing", {
      seed: 2,
      failing: true,
      unsaved: [20, 70],
    });
    await killAtRandom(fleet, main("progress", "--watch"));
    const first = await end();
    assert.ok(first.dead.length > 0, "some creates failed without a session");
    console.error("dead", first.dead.length, fleet.kills);
    for (const { code } of first.dead) assert.equal(code, "create_outcome_unknown");
    await api.heal();
    await main("retry", "--all");
    await main("progress", "--watch");
    const last = await end(first.dead.length);
    assert.equal(last.answers.length, COUNT);
    assert.equal(last.state.sessions.length, COUNT);
  });
});
