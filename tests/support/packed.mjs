// @ts-check
// The package as published by npm: packed, and installed into empty folders.
import { execFile } from "node:child_process";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const exec = promisify(execFile);

/** The folder of the built package. */
export const PKG = fileURLToPath(new URL("../../pkg", import.meta.url));

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env?: Record<string, string> }} options
 */
export async function run(command, args, { cwd, env }) {
  try {
    return await exec(command, args, { cwd, env: { ...process.env, ...env }, maxBuffer: 1e8 });
  } catch (error) {
    const { message, stdout } = /** @type {Error & { stdout: string }} */ (error);
    throw new Error(`${message}\n${stdout}`);
  }
}

/** Packs the package; resolves with the tarball's path and its files. */
export async function pack() {
  const folder = await temporary("packed");
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
  const { stdout } = await run("npm", args, { cwd: PKG });
  const [packed] = [JSON.parse(stdout)].flat().map((listing) => listing["aiera-chat"] ?? listing);
  const files = packed.files.map((/** @type {{ path: string }} */ file) => file.path).sort();
  return { tarball: path.join(folder, packed.filename), files, folder };
}

/**
 * A new folder with these files and the package installed.
 * @param {string} tarball
 * @param {Record<string, string>} [files]
 */
export async function project(tarball, files = {}) {
  const folder = await temporary("project");
  await writeFile(path.join(folder, "package.json"), '{ "private": true }\n');
  const quiet = ["--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
  await run("npm", ["install", "--offline", ...quiet, tarball], { cwd: folder });
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return folder;
}

/** @param {string} name */
export async function temporary(name) {
  return realpath(await mkdtemp(path.join(tmpdir(), `aiera-chat-${name}-`)));
}

/** @param {string} folder */
export const remove = (folder) => rm(folder, { recursive: true, force: true });
