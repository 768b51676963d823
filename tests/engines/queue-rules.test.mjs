// @ts-check
// Each rule of examples/queue, with a real Redis and the mock API in this process.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { createMockApi } from "../../pkg/testing.mjs";
import { serve } from "../../pkg/testing-node.mjs";
import { startRedis } from "../../scripts/lib/services.mjs";
import { startFleet } from "./support/fleet.mjs";
import { installExample } from "./support/install.mjs";
import { parseLines } from "./support/questions.mjs";

const exec = promisify(execFile);

/** @typedef {{ waiting: number, answered: number, dead: number, isPaused: boolean }} Counts */

const KEY = "test-key";
const PATIENCE_MS = 60_000;
const TIMES = { LOCK_MS: "2500", SETTLE_MS: "1500", POLL_MS: "1000", PAUSE_MS: "100" };

const redis = await startRedis();
const skip = redis ? false : "redis-server is missing and cannot be installed";

describe("the rules of examples/queue", { skip }, () => {
  /** @type {string} */
  let folder;
  /** @type {(() => Promise<unknown>)[]} */
  let ends = [];
  let runs = 0;
  before(async () => {
    folder = await installExample("queue");
  });
  afterEach(async () => {
    for (const end of ends.reverse()) await end();
    ends = [];
  });
  after(() => redis?.remove());

  /**
   * @param {string[]} prompts
   * @param {import("../../pkg/testing.mjs").MockApiOptions} options
   * @param {Record<string, string>} [more] environment
   */
  async function start(prompts, options, more) {
    const name = `rules${(runs += 1)}`;
    const way = options.stages ? {} : { polls: 1 };
    const mock = createMockApi({
      apiKey: KEY,
      ...way,
      answer: (prompt) => `About: ${prompt}`,
      ...options,
    });
    const api = await serve(mock);
    ends.push(() => api.close());
    const env = {
      ...TIMES,
      CREATES_PER_SECOND: "100",
      AIERA_API_KEY: KEY,
      AIERA_BASE_URL: api.url,
      REDIS_URL: redis?.url ?? "",
      QUEUE: name,
      ...more,
    };
    const main = async (/** @type {string[]} */ ...args) => {
      const how = { cwd: folder, env: { ...process.env, ...env }, timeout: PATIENCE_MS };
      return (await exec(process.execPath, ["main.mjs", ...args], how)).stdout.trim();
    };
    const file = path.join(folder, `${name}.txt`);
    await writeFile(file, prompts.join("\n"));
    await main("add", file, "--batch", name);
    const work = () => {
      const fleet = startFleet({
        size: 1,
        args: ["main.mjs", "work"],
        cwd: folder,
        env: () => env,
      });
      ends.push(() => fleet.stop("SIGKILL"));
      return fleet;
    };
    const answers = async () => {
      const answersFile = path.join(folder, `${name}.jsonl`);
      await rm(answersFile, { force: true });
      await main("results", answersFile);
      return parseLines(await readFile(answersFile, "utf8"));
    };
    const dead = async () => parseLines(await main("dead"));
    const { Queue } = createRequire(path.join(folder, "package.json"))("bullmq");
    const queues = ["create", "wait"].map((step) => {
      const queue = new Queue(`${name}-${step}`, { connection: { url: redis?.url } });
      ends.push(() => queue.close());
      return queue;
    });
    /** Waits until the counts satisfy the condition. */
    const until = async (/** @type {(counts: Counts) => boolean} */ condition) => {
      const deadline = Date.now() + PATIENCE_MS;
      for (;;) {
        const [create, wait] = await Promise.all(queues.map((queue) => queue.getJobCounts()));
        const waiting = wait.waiting + wait.active + wait.delayed;
        const counts = { waiting, answered: wait.completed, dead: create.failed + wait.failed };
        if (condition({ ...counts, isPaused: await queues[0].isPaused() })) return;
        assert.ok(Date.now() < deadline, `${JSON.stringify(counts)}; expected ${condition}`);
        await sleep(50);
      }
    };
    const count = (/** @type {string} */ operation) =>
      mock.requests.filter((request) => request.operation === operation).length;
    return { mock, main, work, answers, dead, until, count, env };
  }

  test("a long session frees its slot for others", async () => {
    const prompts = ["One?", "Two?", "Three?"];
    const more = { WAITS_AT_ONCE: "1", POLL_MS: "300" };
    const { mock, work, until } = await start(prompts, { polls: 2 }, more);
    work();
    await until(({ answered }) => answered === 3);
    const polled = mock.requests.filter(({ operation }) => operation === "getSession");
    const order = polled.map(({ sessionId }) => sessionId);
    const changes = order.filter((id, index) => index > 0 && id !== order[index - 1]).length;
    assert.ok(changes > prompts.length - 1, `the polls of the sessions alternate: ${order}`);
  });

  test("a refused key pauses the queue, and no question goes to the dead letter", async () => {
    let isRefused = true;
    const apiKey = () => !isRefused;
    const { main, work, until, dead, answers } = await start(["One?", "Two?"], { apiKey });
    work();
    await until(({ isPaused }) => isPaused);
    assert.match(await main("progress"), /paused$/);
    assert.deepEqual(await dead(), []);
    isRefused = false;
    await main("resume");
    await until(({ answered }) => answered === 2);
    assert.equal((await answers()).length, 2);
  });

  test("a failed session goes to the dead letter, and a retry creates a new session", async () => {
    const outcome = () => (sessions++ === 0 ? "generating_response_error" : "active");
    let sessions = 0;
    const { mock, main, work, until, dead, answers } = await start(["One?"], { outcome });
    work();
    await until(({ dead }) => dead === 1);
    const [{ id, code, sessionId, error }] = await dead();
    assert.equal(code, "session_failed");
    assert.equal(sessionId, mock.sessions[0].id);
    assert.equal(error.sessionId, sessionId);
    await main("retry", id);
    await until(({ answered, dead }) => answered === 1 && dead === 0);
    const titles = mock.sessions.map(({ title }) => title);
    assert.equal(new Set(titles).size, 2, `${titles}`);
    assert.equal((await answers())[0].sessionId, mock.sessions[1].id);
  });

  test("a create is retried after a 429, and goes to the dead letter after a 400", async () => {
    const { mock, main, work, until, dead, count } = await start(["One?"], {
      faults: {
        operation: "createSession",
        status: 429,
        headers: { "retry-after": "0" },
        times: 9,
      },
    });
    work();
    await until(({ answered }) => answered === 1);
    assert.ok(count("createSession") >= 10);
    assert.equal(mock.sessions.length, 1);

    const other = await start(["Two?"], { faults: { operation: "createSession", status: 400 } });
    other.work();
    await other.until(({ dead }) => dead === 1);
    const [{ id, code, reason }] = await other.dead();
    assert.equal(code, "http");
    assert.match(reason, /400/);
    await other.main("retry", id);
    await other.until(({ answered, dead }) => answered === 1 && dead === 0);
    assert.deepEqual(await dead(), []);
    assert.equal(await main("progress"), "queued 0 · waiting 0 · answered 1 · dead 0");
  });

  test("a create whose response is lost is found by its title", async () => {
    const { mock, work, until, dead } = await start(["One?"], {
      faults: { operation: "createSession", drop: true, processed: true },
    });
    work();
    await until(({ answered }) => answered === 1);
    assert.equal(mock.sessions.length, 1);
    assert.deepEqual(await dead(), []);
  });

  test("a worker that is told to stop leaves its sessions to the others", async () => {
    const stages = [{ status: "finding_sources", polls: 4 }, { status: "active" }];
    const { work, until, count } = await start(["One?", "Two?"], { stages }, { POLL_MS: "30000" });
    const first = work();
    await until(({ waiting }) => waiting === 2);
    assert.deepEqual(await first.stop(), [0]);
    work();
    await until(({ answered }) => answered === 2);
    assert.equal(count("createSession"), 2);
  });
});
