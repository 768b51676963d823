// @ts-check
// Runs the command line as users do: the packed package in an empty folder, as a process, with the mock API on a port.
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createMockApi } from "../../pkg/testing.mjs";
import { serve } from "../../pkg/testing-node.mjs";
import { pack, project, remove } from "../support/packed.mjs";

/** A key that does not resemble any other text. */
export const KEY = "sk-live-9f3c1a77e2";

export const PROMPT = "What were the key takeaways from Tesla Q1 2026 earnings?";

/** Longer than the duration of any command. */
const LIMIT_MS = 60_000;

/**
 * Installs the package.
 * @returns {Promise<{ folder: string, bin: string, remove: () => Promise<void> }>}
 */
export async function install() {
  const packed = await pack();
  const folder = await project(packed.tarball);
  await remove(packed.folder);
  const bin = path.join(folder, "node_modules", ".bin", "aiera-chat");
  return { folder, bin, remove: () => remove(folder) };
}

/**
 * The mock API on a port.
 * @param {import("../../pkg/testing.mjs").MockApiOptions} [options]
 */
export async function api(options = {}) {
  const mock = createMockApi(options.stages ? options : { delayMs: 0, ...options });
  const server = await serve(mock, { port: 0 });
  return { mock, url: server.url, close: () => server.close() };
}

/**
 * The environment of a command: only the variables that a process needs.
 * @param {Record<string, string>} [env]
 */
export function environment(env = {}) {
  const { PATH = "", HOME = "", SystemRoot, TEMP } = process.env;
  return { PATH, HOME, ...(SystemRoot && { SystemRoot }), ...(TEMP && { TEMP }), ...env };
}

/**
 * A running command.
 * @param {string} bin
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, input?: string | Uint8Array | null, cwd?: string }} [options] `input: null` leaves
 *   stdin open
 */
export function start(bin, args, { env, input = "", cwd } = {}) {
  const child = spawn(bin, args, {
    cwd,
    env: environment(env),
    shell: process.platform === "win32",
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
  // A command that does not read stdin may exit before the write.
  child.stdin.on("error", () => {});
  if (input !== null) child.stdin.end(input);
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, stdout, stderr }));
  return {
    child,
    ended,
    /** All output so far. */
    get shown() {
      return { stdout, stderr };
    },
    /**
     * Waits for text on stdout or stderr.
     * @param {RegExp} pattern
     */
    async until(pattern) {
      for (;;) {
        const found = pattern.exec(stdout) ?? pattern.exec(stderr);
        if (found) return found;
        if (child.exitCode !== null || child.signalCode !== null) {
          throw new Error(`ended without ${pattern}: ${stdout}${stderr}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
  };
}

/**
 * Runs a command to its end.
 * @param {Parameters<typeof start>} args
 */
export const run = (...args) => start(...args).ended;

/**
 * Waits until the condition is true.
 * @param {() => boolean} condition
 */
export async function eventually(condition) {
  const end = Date.now() + LIMIT_MS;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`never: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
