// @ts-check
// Each rule of examples/durable, with a real PostgreSQL and the mock API in this process.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { createMockApi } from "../../pkg/testing.mjs";
import { serve } from "../../pkg/testing-node.mjs";
import { startPostgres } from "../../scripts/lib/services.mjs";
import { startFleet } from "./support/fleet.mjs";
import { installExample } from "./support/install.mjs";
import { parseLines } from "./support/questions.mjs";

const KEY = "test-key";
const PATIENCE_MS = 60_000;
const SETTINGS = {
  CREATES_PER_SECOND: "100",
  POLL_MS: "1000",
  PAUSE_MS: "100",
  SETUP_PAUSE_MS: "100",
  SETTLE_MS: "500",
  WORKER: "one",
};

const postgres = await startPostgres();
const skip = postgres ? false : "PostgreSQL is missing and cannot be installed";

describe("the rules of examples/durable", { skip }, () => {
  let isRefused = true;
  let failures = 1;
  const mock = createMockApi({
    apiKey: () => !isRefused,
    stages: (prompt) => [
      { status: "finding_sources", polls: 1 },
      { status: prompt === "Fails?" && failures-- > 0 ? "generating_response_error" : "active" },
    ],
    answer: (prompt) => `About: ${prompt}`,
    faults: [
      { match: ({ json }) => !isRefused && json?.prompt === "Refused?", status: 400 },
      {
        match: ({ json }) => !isRefused && json?.prompt === "Busy?",
        status: 429,
        headers: { "retry-after": "0" },
        times: 9,
      },
      { match: ({ json }) => !isRefused && json?.prompt === "Lost?", drop: true, processed: true },
    ],
  });
  const prompts = ["Fails?", "Refused?", "Busy?", "Lost?"];
  /** @type {(() => Promise<unknown>)[]} */
  const ends = [];
  /** @type {string} */
  let folder;
  /** @type {Record<string, string>} */
  let env;

  before(async () => {
    folder = await installExample("durable");
    const api = await serve(mock);
    ends.push(() => api.close());
    const DATABASE_URL = postgres?.url.replace(/postgres$/, "rules") ?? "";
    env = { ...SETTINGS, AIERA_API_KEY: KEY, AIERA_BASE_URL: api.url, DATABASE_URL };
    await main("setup");
    const fleet = startFleet({ size: 1, args: ["main.mjs", "work"], cwd: folder, env: () => env });
    ends.push(() => fleet.stop("SIGKILL"));
    await writeFile(path.join(folder, "rules.txt"), prompts.join("\n"));
    await main("add", "rules.txt", "--batch", "rules");
  });
  after(async () => {
    for (const end of ends.reverse()) await end();
    await postgres?.remove();
  });

  const main = async (/** @type {string[]} */ ...args) => {
    const how = { cwd: folder, env: { ...process.env, ...env }, timeout: PATIENCE_MS };
    return (await promisify(execFile)(process.execPath, ["main.mjs", ...args], how)).stdout.trim();
  };
  const creates = (/** @type {string} */ prompt) =>
    mock.requests.filter(({ method, json }) => method === "POST" && json?.prompt === prompt).length;
  const sessions = (/** @type {string} */ prompt) =>
    mock.sessions.filter(({ title }) => title?.startsWith(prompt)).length;
  const until = async (/** @type {() => boolean} */ condition) => {
    const deadline = Date.now() + PATIENCE_MS;
    while (!condition()) {
      assert.ok(Date.now() < deadline, `expected ${condition}`);
      await sleep(20);
    }
  };

  test("a refused key does not end a question", async () => {
    await until(() => prompts.every((prompt) => creates(prompt) > 1));
    assert.equal(await main("dead"), "");
    assert.equal(mock.sessions.length, 0);
    isRefused = false;
  });

  test("each outcome has its place: an answer, or the dead letter", async () => {
    await main("progress", "--watch");
    const dead = parseLines(await main("dead"));
    const codes = Object.fromEntries(dead.map(({ prompt, code }) => [prompt, code]));
    assert.deepEqual(codes, { "Fails?": "session_failed", "Refused?": "http" });
    assert.equal(sessions("Busy?"), 1);
    assert.equal(sessions("Lost?"), 1, "the session of the lost response is found by its title");
  });

  test("a retry creates a new session, and the results name each question once", async () => {
    await main("retry", "--all");
    await main("progress", "--watch");
    assert.equal(await main("dead"), "");
    assert.equal(sessions("Fails?"), 2);
    assert.equal(sessions("Refused?"), 1);
    const file = path.join(folder, "rules.jsonl");
    await rm(file, { force: true });
    assert.equal(await main("results", file), "added 4, there already 0");
    assert.equal(await main("results", file), "added 0, there already 4");
    const answers = parseLines(await readFile(file, "utf8"));
    for (const { prompt, text } of answers) assert.equal(text, `About: ${prompt}`);
    assert.deepEqual(answers.map(({ prompt }) => prompt).sort(), [...prompts].sort());
  });
});
