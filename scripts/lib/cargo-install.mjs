// @ts-check
// Installs command-line tools with cargo, with fast compilation settings, and shows the number of compiled crates.
import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { env, inRoot, root, say } from "./run.mjs";

/** @typedef {{ crate: string, version: string }} Tool */

/** The tools share this folder, so that common dependencies are compiled once. */
const TARGET_DIR = inRoot("target", "tools");

/**
 * Settings for a fast compilation. The tools run for about a second per build, so unoptimized code, which compiles in half
 * of the time, is good enough.
 */
const FAST = {
  CARGO_PROFILE_RELEASE_OPT_LEVEL: "0",
  CARGO_PROFILE_RELEASE_LTO: "off",
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "16",
  // The newest versions of dependencies that this compiler supports.
  CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS: "fallback",
};
/** Without the default feature, wasm-bindgen-cli has no TLS, which its test runner does not need on loopback. */
const FEATURES = "--no-default-features";
/** Makes cargo print a progress bar even into a pipe. */
const PROGRESS = {
  CARGO_TERM_PROGRESS_WHEN: "always",
  CARGO_TERM_PROGRESS_WIDTH: "80",
  CARGO_TERM_COLOR: "never",
};

/**
 * Installs tools into .tools.
 * @param {Tool[]} tools
 */
export async function cargoInstall(tools) {
  const crates = tools.map(({ crate, version }) => `${crate}@${version}`);
  const folders = ["--root", inRoot(".tools"), "--target-dir", TARGET_DIR];
  await runWithProgress(["install", ...crates, FEATURES, ...folders, "--force"]);
  await rm(TARGET_DIR, { recursive: true, force: true });
}

/**
 * Runs cargo, and prints all of its messages if it fails.
 * @param {string[]} args
 * @returns {Promise<void>}
 */
function runWithProgress(args) {
  return new Promise((resolve, reject) => {
    const child = spawn("cargo", args, {
      cwd: root,
      env: { ...env, ...FAST, ...PROGRESS },
      stdio: ["ignore", "inherit", "pipe"],
    });
    const progress = new Progress();
    let messages = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      messages += text;
      progress.read(text);
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      progress.end();
      if (code === 0) return resolve();
      reject(
        new Error(`${withoutBars(messages)}\ncargo ${args.join(" ")} failed (${signal ?? code})`),
      );
    });
  });
}

/** @param {string} messages */
const withoutBars = (messages) => messages.replace(/^.*\r(?!\n)/gm, "");

/** Shows cargo's progress: one line that is updated on a terminal, else a line for each quarter. */
class Progress {
  #crate = "";
  #quarter = 0;
  #shown = false;
  #unread = "";

  /** @param {string} text a part of cargo's messages, which may end within a line */
  read(text) {
    const lines = (this.#unread + text).split(/[\r\n]/);
    this.#unread = lines.pop() ?? "";
    for (const line of lines) {
      const [, crate] = /^ *Installing (\S+) v/.exec(line) ?? [];
      const [, done, all] = /^ *Building \[[=> ]*\] (\d+)\/(\d+)/.exec(line) ?? [];
      if (crate) this.#start(crate);
      if (all) this.#show(Number(done), Number(all));
    }
  }

  end() {
    if (this.#shown && process.stderr.isTTY) process.stderr.write("\n");
    this.#shown = false;
  }

  /** @param {string} crate */
  #start(crate) {
    this.end();
    this.#crate = crate;
    this.#quarter = 0;
  }

  /** @param {number} done @param {number} all */
  #show(done, all) {
    if (!this.#crate) return;
    const line = `${this.#crate}: ${done} of ${all} crates`;
    if (process.stderr.isTTY) {
      process.stderr.write(`\r· ${line}\x1b[K`);
      this.#shown = true;
      return;
    }
    const quarter = Math.floor((done / all) * 4);
    if (quarter > this.#quarter) say(line);
    this.#quarter = Math.max(quarter, this.#quarter);
  }
}
