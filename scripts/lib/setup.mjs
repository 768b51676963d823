// @ts-check
// Installs missing tools at pinned versions: into .tools/ and node_modules/ of this folder, and the Rust target into rustup's
// toolchain. Uses only modules of Node, since nothing is installed yet.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { cargoInstall } from "./cargo-install.mjs";
import { env, inRoot, output, root, run, runSteps, say } from "./run.mjs";

/** @typedef {import("./run.mjs").Step} Step */

const LEAST_NODE = 20;
const TARGET = "wasm32-unknown-unknown";

/** The tools besides cargo. The version of wasm-bindgen must be that of the crate in Cargo.lock. */
const TOOLS = [
  { command: "wasm-pack", crate: "wasm-pack", version: "0.15.1" },
  { command: "wasm-bindgen", crate: "wasm-bindgen-cli", version: lockedVersion("wasm-bindgen") },
];

/** @param {string} crate */
function lockedVersion(crate) {
  const lock = readFileSync(inRoot("Cargo.lock"), "utf8");
  const version = new RegExp(`name = "${crate}"\\nversion = "([^"]+)"`).exec(lock)?.[1];
  if (!version) throw new Error(`Cargo.lock does not have ${crate}`);
  return version;
}

/** Installs all tools for a build. */
export async function setUp() {
  await runSteps(setUpSteps());
}

/**
 * The steps that this machine still needs before a build.
 * @returns {Step[]}
 */
export function setUpSteps() {
  if (Number(process.versions.node.split(".")[0]) < LEAST_NODE) {
    throw new Error(`Node ${LEAST_NODE} or later is needed; this is ${process.version}`);
  }
  /** @type {Step[]} */
  const steps = [];
  if (!hasRustTarget()) {
    steps.push({
      title: `adding the Rust target ${TARGET}`,
      run: () => run("rustup", ["target", "add", TARGET]),
    });
  }
  const tools = TOOLS.filter(({ command, version }) => installedVersion(command) !== version);
  const needsPackages = !hasNodeModules(root);
  if (needsPackages || tools.length) {
    const titles = [
      ...(needsPackages ? ["installing npm packages"] : []),
      ...(tools.length
        ? [`compiling ${tools.map(({ crate }) => crate).join(" and ")} (a minute or two, once)`]
        : []),
    ];
    steps.push({
      title: titles.join(", "),
      // In parallel: one uses the network, the other the processors.
      run: () =>
        Promise.all([
          needsPackages && installNodeModules(root),
          tools.length && cargoInstall(tools),
        ]),
    });
  }
  return steps;
}

/**
 * Installs the packages of a folder's package-lock.json, unless they are installed.
 * @param {string} folder
 * @param {string} title
 * @param {string[]} [flags] flags for npm
 */
export async function nodeModules(folder, title, flags = []) {
  if (hasNodeModules(folder)) return;
  say(`installing ${title} from npm`);
  await installNodeModules(folder, flags);
}

/** @param {string} folder @param {string[]} [flags] */
function installNodeModules(folder, flags = []) {
  const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error", ...flags];
  return run("npm", args, { cwd: folder });
}

/** @param {string} folder */
function hasNodeModules(folder) {
  const installedLock = path.join(folder, "node_modules", ".package-lock.json");
  if (!existsSync(installedLock)) return false;
  const packagesOf = (/** @type {string} */ file) =>
    JSON.parse(readFileSync(file, "utf8")).packages;
  const installed = packagesOf(installedLock);
  const required = Object.entries(packagesOf(path.join(folder, "package-lock.json"))).filter(
    ([name, entry]) => name && !entry.optional,
  );
  return required.every(([name, entry]) => installed[name]?.version === entry.version);
}

function hasRustTarget() {
  // The first call of a rustup proxy may install the toolchain of rust-toolchain.toml, with output.
  const { status, stdout } = spawnSync("rustc", ["--print", "sysroot"], {
    cwd: root,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) {
    throw new Error("Rust is needed: install rustup, as https://rustup.rs describes");
  }
  return existsSync(path.join(stdout.trim(), "lib", "rustlib", TARGET, "lib"));
}

/** @param {string} command */
const installedVersion = (command) => output(command, ["--version"])?.split(" ").at(-1);
