// @ts-check
// Programs of the system: installed ones, and those of Debian's packages.
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { env, run, say } from "./run.mjs";

/**
 * The path of the first installed program of a list: on the PATH, in one of the folders, or at one of the paths.
 * @param {string[]} names
 * @param {string[]} [folders] besides the PATH
 * @param {string[]} [paths] of programs
 * @returns {string | undefined}
 */
export function installed(names, folders = [], paths = []) {
  const searched = [...(env.PATH ?? "").split(path.delimiter).filter(Boolean), ...folders];
  const places = names.flatMap((name) => searched.map((folder) => path.join(folder, name)));
  return [...places, ...paths].find(isProgram);
}

/** Folders of programs that Debian keeps off the PATH, such as `/usr/lib/postgresql/15/bin`. */
export function versionFolders(/** @type {string} */ parent) {
  if (!existsSync(parent)) return [];
  const versions = readdirSync(parent).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => path.join(parent, version, "bin"));
}

/**
 * Installs Debian's packages if run as root, and returns the result of `find`.
 * @template T
 * @param {string[]} packages
 * @param {() => T | undefined} find
 * @returns {Promise<T | undefined>} undefined if they cannot be installed
 */
export async function fromDebian(packages, find) {
  if (!isDebianRoot()) return undefined;
  say(`installing Debian's ${packages.join(" and ")} with apt-get`);
  const quiet = { env: { ...env, DEBIAN_FRONTEND: "noninteractive" } };
  try {
    await run("apt-get", ["update", "-qq"], quiet);
    await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], quiet);
    return find();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

/** Whether apt-get can install packages: on Debian, as root. */
export function isDebianRoot() {
  return process.getuid?.() === 0 && existsSync("/etc/debian_version");
}

/** @param {string} file */
export function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
