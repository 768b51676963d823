// @ts-check
// The toolchains that test the packed package. They are installed once, at the versions of tests/consumers/toolchains, into a
// folder outside of the repository, whose configuration they would otherwise find.
import { createHash } from "node:crypto";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { pack, remove, run } from "./packed.mjs";

const CONSUMERS = fileURLToPath(new URL("../consumers/", import.meta.url));
const PATIENCE_MS = 60_000;

/** Disables the tools' telemetry. */
const ENV = {
  NEXT_TELEMETRY_DISABLED: "1",
  PARCEL_DISABLE_TELEMETRY: "1",
  DENO_NO_UPDATE_CHECK: "1",
  DO_NOT_TRACK: "1",
  NO_COLOR: "1",
  FORCE_COLOR: "0",
};

/** Folders under `toolchains`, each with a lockfile. A nested folder has other versions of some packages. */
const SETS = [".", "next-14"];

/**
 * A folder with all toolchains and the packed package in its node_modules.
 * @returns {Promise<string>}
 */
async function installed() {
  const hash = createHash("sha256");
  for (const set of SETS) {
    hash.update(await readFile(path.join(CONSUMERS, "toolchains", set, "package-lock.json")));
  }
  const folder = path.join(tmpdir(), `aiera-chat-toolchains-${hash.digest("hex").slice(0, 12)}`);
  const done = path.join(folder, ".installed");
  if (!existsSync(done)) {
    console.log("installing the toolchains (a minute, once)");
    await rm(folder, { recursive: true, force: true });
    await cp(path.join(CONSUMERS, "toolchains"), folder, {
      recursive: true,
      filter: (file) => !file.includes("node_modules"),
    });
    const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
    for (const set of SETS) await run("npm", ["ci", ...quiet], { cwd: path.join(folder, set) });
    await writeFile(done, "");
  }
  const packed = await pack();
  const target = path.join(folder, "node_modules", "aiera-chat");
  // The bundlers' caches hold an older build of the package, since its version does not change.
  for (const stale of [
    target,
    ...[".vite", ".cache"].map((name) => path.join(target, "..", name)),
  ]) {
    await rm(stale, { recursive: true, force: true });
  }
  await mkdir(target);
  // Installs as npm does a package without dependencies and scripts.
  await run("tar", ["-xzf", packed.tarball, "-C", target, "--strip-components=1"], { cwd: folder });
  await remove(packed.folder);
  return folder;
}

/**
 * The program of a tool: Node, or the nearest in a node_modules above the folder.
 * @param {string} tool
 * @param {string} cwd
 * @returns {string}
 */
function programOf(tool, cwd) {
  if (tool === "node") return process.execPath;
  const program = path.join(cwd, "node_modules", ".bin", tool);
  if (existsSync(program)) return program;
  const parent = path.dirname(cwd);
  if (parent === cwd) throw new Error(`there is no ${tool} among the toolchains`);
  return programOf(tool, parent);
}

/** The toolchains, with functions to build and run consumers. */
export async function toolchains() {
  const folder = await installed();
  /** @type {Set<() => Promise<void> | void>} */
  const ends = new Set();
  return {
    folder,

    /**
     * A fresh copy of a consumer's folder.
     * @param {string} name under tests/consumers
     * @param {string} [set] the folder whose packages it finds first
     */
    async consumer(name, set = ".") {
      const copy = path.join(folder, set, name);
      await rm(copy, { recursive: true, force: true });
      await cp(path.join(CONSUMERS, name), copy, { recursive: true });
      ends.add(() => rm(copy, { recursive: true, force: true }));
      return copy;
    },

    /**
     * Runs a tool to its end and returns its output.
     * @param {string} tool
     * @param {string[]} args
     * @param {{ cwd: string, env?: Record<string, string> }} how
     */
    async run(tool, args, { cwd, env }) {
      const { stdout } = await run(programOf(tool, cwd), args, { cwd, env: { ...ENV, ...env } });
      return stdout.trim();
    },

    /**
     * Starts a tool as a server and returns the address that it prints.
     * @param {string} tool
     * @param {string[]} args
     * @param {{ cwd: string, env?: Record<string, string>, addressPattern: RegExp, control?: boolean }} how
     */
    async serve(tool, args, { cwd, env, addressPattern, control = false }) {
      const child = spawn(programOf(tool, cwd), args, {
        cwd,
        env: { ...process.env, ...ENV, ...env },
        stdio: ["ignore", "pipe", "pipe", ...(control ? /** @type {"pipe"[]} */ (["pipe"]) : [])],
        detached: true,
      });
      const closed = new Promise((resolve) => child.once("close", resolve));
      const stop = async () => {
        // Kills the group, since such tools are scripts that start others.
        if (child.exitCode === null && child.pid) {
          try {
            process.kill(-child.pid, "SIGKILL");
          } catch {
            // It has ended.
          }
        }
        await closed;
        ends.delete(stop);
      };
      ends.add(stop);
      let output = "";
      /** @type {string} */
      const address = await new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`${tool} printed no address:\n${output}`)),
          PATIENCE_MS,
        );
        for (const stream of child.stdio.slice(1)) {
          stream?.on("data", (data) => {
            output += data;
            const found = addressPattern.exec(output);
            if (found) {
              clearTimeout(timer);
              resolve(found[1]);
            }
          });
        }
        closed.then((code) => {
          clearTimeout(timer);
          reject(new Error(`${tool} ended (${code}):\n${output}`));
        });
      });
      return { address, stop };
    },

    async close() {
      for (const end of [...ends].reverse()) await end();
    },
  };
}
