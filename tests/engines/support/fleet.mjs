// @ts-check
// Worker processes that are killed and restarted.
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { randomFrom } from "./random.mjs";

const KILLS = 12;

/**
 * @param {{
 *   size: number, args: string[], cwd: string, env: (name: string) => Record<string, string>
 * }} how `env` is a worker's, by its name (`w1`, `w2`, …)
 */
export function startFleet({ size, args, cwd, env }) {
  /** @type {Map<string, import("node:child_process").ChildProcess>} */
  const workers = new Map();
  /** The workers that were told to stop. @type {Set<import("node:child_process").ChildProcess>} */
  const expected = new Set();
  /** @type {string[]} */
  const crashes = [];
  let output = "";
  let kills = 0;
  let ended = false;

  const closed = (/** @type {import("node:child_process").ChildProcess} */ child) =>
    child.exitCode !== null || child.signalCode !== null
      ? Promise.resolve()
      : new Promise((resolve) => child.once("close", resolve));

  const start = (/** @type {string} */ name) => {
    const child = spawn(process.execPath, args, {
      cwd,
      env: { ...process.env, ...env(name) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (data) => (output = (output + data).slice(-100_000)));
    }
    child.once("close", (code, signal) => {
      if (!expected.has(child)) crashes.push(`${name} ended (${signal ?? code})`);
    });
    workers.set(name, child);
  };
  const names = Array.from({ length: size }, (_, index) => `w${index + 1}`);
  names.forEach(start);

  return {
    names,
    /** The output of the workers. */
    get output() {
      return output;
    },
    /** The workers that exited without being killed: there should be none. */
    crashes,
    /** The number of kills. */
    get kills() {
      return kills;
    },
    /** Kills a worker like a crash, and restarts it. */
    async kill(/** @type {string} */ name) {
      const child = workers.get(name);
      if (!child || ended) return;
      expected.add(child);
      child.kill("SIGKILL");
      await closed(child);
      kills += 1;
      if (!ended && workers.get(name) === child) start(name);
    },
    /** Tells all workers to stop; resolves with their exit codes. */
    async stop(/** @type {NodeJS.Signals} */ signal = "SIGTERM") {
      ended = true;
      for (const child of workers.values()) {
        expected.add(child);
        child.kill(signal);
      }
      await Promise.all([...workers.values()].map(closed));
      return [...workers.values()].map((child) => child.exitCode);
    },
  };
}

/**
 * Kills random workers until `done`, at most a dozen times.
 * @param {ReturnType<typeof startFleet>} fleet
 * @param {Promise<unknown>} done
 */
export async function killAtRandom(fleet, done) {
  const random = randomFrom(7);
  let isDone = false;
  done.finally(() => (isDone = true)).catch(() => {});
  await sleep(500);
  for (let kills = 0; kills < KILLS && !isDone; kills += 1) {
    await fleet.kill(fleet.names[Math.floor(random() * fleet.names.length)]);
    await sleep(200 + random() * 800);
  }
  await done;
}
