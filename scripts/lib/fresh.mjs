// @ts-check
// Builds the package if it is missing or older than its sources. Uses only modules of Node until the set-up is done.
import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { inRoot, runSteps } from "./run.mjs";

/** The sources of the package, without the demo page. */
const PACKAGE_SOURCES = [
  "src",
  "pkg-template",
  "scripts/lib",
  "Cargo.toml",
  "Cargo.lock",
  "rust-toolchain.toml",
];

/**
 * The time of the latest change to a file at or under these paths, in milliseconds; 0 if there is none.
 * @param {string[]} paths
 * @returns {number}
 */
export function newest(paths) {
  return Math.max(0, ...paths.filter((one) => existsSync(one)).map(changeTime));
}

/** @param {string} file */
function changeTime(file) {
  const entry = statSync(file);
  if (!entry.isDirectory()) return entry.mtimeMs;
  return newest(readdirSync(file).map((name) => path.join(file, name)));
}

/**
 * The step that builds the package, if needed.
 * @returns {import("./run.mjs").Step[]}
 */
export function packageSteps() {
  const built = newest([inRoot("pkg", "package.json")]);
  if (built > newest(PACKAGE_SOURCES.map((source) => inRoot(source)))) return [];
  const build = async () => {
    const { buildPackage } = await import("./package.mjs");
    await buildPackage();
  };
  return [{ title: "building the package (half a minute)", run: build }];
}

/** Builds the package if it is missing or older than its sources. */
export async function ensurePackage() {
  await runSteps(packageSteps());
}
