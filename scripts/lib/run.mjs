// @ts-check
// Runs other programs, and prints the progress of the commands.
import { spawn, spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const inRoot = (/** @type {string[]} */ ...parts) => path.join(root, ...parts);

/** Prints a line of progress. @param {string} line */
export function say(line) {
  console.error(`· ${line}`);
}

/** @typedef {{ title: string, run: () => Promise<unknown> }} Step */

/**
 * Runs steps one after another, and prints the number and the title of each.
 * @param {Step[]} steps
 */
export async function runSteps(steps) {
  for (const [index, { title, run }] of steps.entries()) {
    say(`[${index + 1}/${steps.length}] ${title}`);
    await run();
  }
}

/**
 * The environment of programs: the tools of this folder are first on the PATH.
 * @type {NodeJS.ProcessEnv}
 */
export const env = {
  ...process.env,
  PATH: [inRoot(".tools", "bin"), inRoot("node_modules", ".bin"), process.env.PATH].join(
    path.delimiter,
  ),
};

/**
 * Runs a program.
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 * @returns {Promise<void>} rejects if the program fails
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: "inherit", env, ...options });
    child.on("error", reject);
    child.on("exit", (code, signal) =>
      code === 0
        ? resolve()
        : reject(new Error(`${command} ${args.join(" ")} failed (${signal ?? code})`)),
    );
  });
}

/**
 * Runs a program and returns its output, or undefined if it fails or is missing.
 * @param {string} command
 * @param {string[]} args
 */
export function output(command, args) {
  const { status, stdout } = spawnSync(command, args, { cwd: root, env, encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}
