// @ts-check
// What a fresh machine lacks, installed at pinned versions; quick where there is nothing to do. Tools go to .tools/ and
// node_modules/ of this folder, but for the Rust target and a browser.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { env, inRoot, output, root, run, say } from "./run.mjs";

/** The command line tools beside cargo. wasm-bindgen's version is that of the crate: the two must be equal. */
const TOOLS = [
  { name: "wasm-pack", crate: "wasm-pack", version: "0.15.1", args: ["--locked"] },
  {
    name: "wasm-bindgen",
    crate: "wasm-bindgen-cli",
    version: lockedVersion("wasm-bindgen"),
    args: [],
  },
];

/** They are run for a second or two a build: that they are compiled quickly matters more than that they are fast. */
const QUICK = {
  CARGO_PROFILE_RELEASE_OPT_LEVEL: "1",
  CARGO_PROFILE_RELEASE_LTO: "false",
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "16",
};

const TARGET = "wasm32-unknown-unknown";

/** @param {string} crate */
function lockedVersion(crate) {
  const lock = readFileSync(inRoot("Cargo.lock"), "utf8");
  const version = new RegExp(`name = "${crate}"\\nversion = "([^"]+)"`).exec(lock)?.[1];
  if (!version) throw new Error(`no ${crate} in Cargo.lock`);
  return version;
}

/** Everything that building needs. */
export async function setUp() {
  if (Number(process.versions.node.split(".")[0]) < 20) {
    throw new Error(`Node 20 or later is needed; this is ${process.version}`);
  }
  await nodeModules(root, "the development tools");
  await rustTarget();
  for (const tool of TOOLS) await cargoTool(tool);
}

/**
 * What a folder's package-lock.json says, where it is not there yet.
 * @param {string} folder
 * @param {string} what it is
 * @param {string[]} [flags]
 */
export async function nodeModules(folder, what, flags = []) {
  const installed = path.join(folder, "node_modules", ".package-lock.json");
  const wanted = path.join(folder, "package-lock.json");
  const versions = (/** @type {string} */ file) => {
    const { packages } = JSON.parse(readFileSync(file, "utf8"));
    return packages;
  };
  if (existsSync(installed)) {
    const have = versions(installed);
    const want = Object.entries(versions(wanted)).filter(
      ([name, entry]) => name && !entry.optional,
    );
    if (want.every(([name, entry]) => have[name]?.version === entry.version)) return;
  }
  say(`installing ${what} from npm`);
  await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error", ...flags], {
    cwd: folder,
  });
}

async function rustTarget() {
  const sysroot = output("rustc", ["--print", "sysroot"]);
  if (sysroot === undefined) {
    throw new Error("Rust is needed: install rustup, as https://rustup.rs describes");
  }
  if (existsSync(`${sysroot}/lib/rustlib/${TARGET}/lib`)) return;
  say(`adding the Rust target ${TARGET}`);
  await run("rustup", ["target", "add", TARGET]);
}

/** @param {typeof TOOLS[number]} tool */
async function cargoTool({ name, crate, version, args }) {
  if (output(name, ["--version"])?.split(" ").at(-1) === version) return;
  say(`building ${crate} ${version} with cargo (a few minutes, once)`);
  const install = [
    "install",
    crate,
    "--version",
    version,
    "--root",
    inRoot(".tools"),
    "--quiet",
    "--force",
  ];
  await run("cargo", [...install, ...args], { env: { ...env, ...QUICK } });
}
