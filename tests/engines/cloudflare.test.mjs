// @ts-check
// examples/cloudflare-workflow in workerd by `wrangler dev`, with a runtime that is killed, and an API that fails.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startApi } from "./support/api.mjs";
import { installExample } from "./support/install.mjs";
import { checkEnd, parseLines, questions } from "./support/questions.mjs";

const COUNT = 40;
const PATIENCE_MS = 60_000;
const TOKEN = "test-token";
/** Only the example's times are changed, which are too long for a test. */
const VARS = { CREATES_PER_SECOND: "8", POLL_MS: "1000", PAUSE_MS: "300", SETTLE_MS: "1500" };

describe("examples/cloudflare-workflow", () => {
  /** @type {string} */
  let folder;
  /** @type {(() => Promise<unknown>)[]} */
  let ends = [];
  before(async () => {
    folder = await installExample("cloudflare-workflow");
  });
  afterEach(async () => {
    for (const end of ends.reverse()) await end();
    ends = [];
  });
  // A remaining runtime would keep this process alive.
  after(() => running.forEach(killGroup));

  /** @param {Omit<import("./support/api.mjs").ApiOptions, "shortestMs" | "longestMs">} options */
  async function start(options) {
    const state = await mkdtemp(path.join(tmpdir(), "aiera-chat-workflows-"));
    ends.push(() => rm(state, { recursive: true, force: true }));
    const api = await startApi({ shortestMs: 200, longestMs: 1_500, ...options }, () =>
      runtime.kill(),
    );
    ends.push(() => api.close());
    const runtime = startRuntime(folder, state, {
      ...VARS,
      TOKEN,
      AIERA_API_KEY: "test-key",
      AIERA_BASE_URL: `${api.url}/w1`,
    });
    ends.push(() => runtime.stop());
    return { api, runtime };
  }

  test("every question ends once if one request in five fails and the runtime is killed", async () => {
    const prompts = questions(COUNT);
    const { api, runtime } = await start({ seed: 4, failing: true, unsaved: [3, 12, 25] });
    const add = () => runtime.ask("POST", "/questions?batch=night", prompts.join("\n"));
    assert.deepEqual(JSON.parse(await add()), { questions: COUNT });

    const all = async (/** @type {string} */ place) => {
      const parts = [];
      for (let cursor = ""; ;) {
        const response = await runtime.fetch("GET", `${place}?cursor=${cursor}`);
        parts.push(...parseLines(await response.text()));
        cursor = response.headers.get("x-cursor") ?? "";
        if (!cursor) return parts;
      }
    };
    const finish = async () => {
      const deadline = Date.now() + PATIENCE_MS;
      for (let kills = 0; ;) {
        const [answers, dead] = [await all("/answers"), await all("/dead")];
        if (answers.length + dead.length === COUNT) return { answers, dead };
        const ended = `${answers.length} answers, ${dead.length} dead`;
        assert.ok(Date.now() < deadline, `${ended}\n${runtime.output}`);
        // The platform resumes the instances of a runtime that died. The local one does so when they are recreated.
        if (runtime.kills > kills) await add();
        kills = runtime.kills;
        await sleep(500);
      }
    };
    const first = await finish();
    checkEnd({ prompts, ...first, state: await api.state() });
    assert.equal(runtime.kills, 3);
    for (const { code } of first.dead) assert.equal(code, "create_outcome_unknown");

    await api.heal();
    while (JSON.parse(await runtime.ask("POST", "/retry")).more);
    const last = await finish();
    const state = await api.state();
    checkEnd({ prompts, ...last, state, retried: first.dead.length });
    assert.deepEqual(last.dead, []);
    assert.equal(state.sessions.length, COUNT);
  });

  test("every command requires the token", async () => {
    const { runtime } = await start({ seed: 5 });
    for (const authorization of ["", "Bearer wrong"]) {
      const response = await fetch(await runtime.url("/answers"), { headers: { authorization } });
      assert.equal(response.status, 401);
    }
  });
});

/** The runtimes that have not ended. @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();

/** Kills a runtime with its child processes: wrangler starts workerd. @param {import("node:child_process").ChildProcess} child */
function killGroup({ pid }) {
  if (pid) process.kill(-pid, "SIGKILL");
}

/**
 * Starts `wrangler dev` with its state in a folder. After a kill, it restarts with the same state.
 * @param {string} folder
 * @param {string} state
 * @param {Record<string, string>} vars
 */
function startRuntime(folder, state, vars) {
  let output = "";
  let kills = 0;
  let ended = false;
  /** @type {import("node:child_process").ChildProcess} */
  let child;
  /** @type {Promise<string>} */
  let address;

  const start = () => {
    const args = [
      "dev",
      "--ip",
      "127.0.0.1",
      "--port",
      "0",
      "--inspector-port",
      "0",
      "--persist-to",
      state,
    ];
    args.push(...Object.entries(vars).flatMap(([name, value]) => ["--var", `${name}:${value}`]));
    const started = spawn(path.join(folder, "node_modules", ".bin", "wrangler"), args, {
      cwd: folder,
      env: { ...process.env, CI: "true", NO_COLOR: "1", WRANGLER_SEND_METRICS: "false" },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    child = started;
    running.add(started);
    started.once("close", () => running.delete(started));
    address = new Promise((resolve, reject) => {
      let said = "";
      for (const stream of [started.stdout, started.stderr]) {
        stream.on("data", (data) => {
          output = (output + data).slice(-20_000);
          said += data;
          const found = /Ready on (http:\S+)/.exec(said);
          if (found) resolve(found[1]);
        });
      }
      started.once("close", () => reject(new Error(`wrangler dev ended:\n${said}`)));
    });
    address.catch(() => {});
  };
  const stop = async () => {
    const closed = new Promise((resolve) => child.once("close", resolve));
    killGroup(child);
    await closed;
  };
  start();

  const url = async (/** @type {string} */ place) => (await address) + place;
  /** @type {(method: string, place: string, body?: string) => Promise<Response>} */
  const ask = async (method, place, body) => {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      try {
        const headers = { authorization: `Bearer ${TOKEN}` };
        const response = await fetch(await url(place), { method, headers, body });
        assert.equal(response.status, 200, output);
        return response;
      } catch (error) {
        // The runtime is being killed, or is starting.
        if (Date.now() > deadline || error instanceof assert.AssertionError) throw error;
        await sleep(200);
      }
    }
  };
  return {
    url,
    fetch: ask,
    ask: async (/** @type {Parameters<typeof ask>} */ ...request) => (await ask(...request)).text(),
    get output() {
      return output;
    },
    get kills() {
      return kills;
    },
    async kill() {
      if (ended) return;
      await stop();
      kills += 1;
      if (!ended) start();
    },
    async stop() {
      ended = true;
      await stop();
    },
  };
}
