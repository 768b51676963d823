// @ts-check
// Installs the examples of engines as a user would: a copy with the dependencies of its lock file and the packed package. The
// dependencies are installed once for each lock file.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { pack, remove, run } from "../../support/packed.mjs";

const EXAMPLES = fileURLToPath(new URL("../../../examples/", import.meta.url));

/**
 * @param {string} name a folder of examples/
 * @returns {Promise<string>} the folder of the copy
 */
export function installExample(name) {
  return install(path.join(EXAMPLES, name), `examples/${name}`);
}

/**
 * Copies a folder with a lock file, and installs its dependencies.
 * @param {string} source
 * @param {string} place its path in the repository, so that `file:../../pkg` is the packed package
 */
export async function install(source, place) {
  const lock = await readFile(path.join(source, "package-lock.json"));
  const version = createHash("sha256").update(lock).digest("hex").slice(0, 12);
  const root = path.join(tmpdir(), `aiera-chat-${path.basename(place)}-${version}`);
  const folder = path.join(root, place);
  await unpackInto(path.join(root, "pkg"));
  const done = path.join(root, ".installed");
  if (!existsSync(done)) {
    console.log(`installing the dependencies of ${place} (once)`);
    await rm(folder, { recursive: true, force: true });
    await copy(source, folder);
    await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: folder });
    await writeFile(done, "");
  }
  await copy(source, folder);
  return folder;
}

/** @param {string} target */
async function unpackInto(target) {
  const packed = await pack();
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  await run("tar", ["-xzf", packed.tarball, "-C", target, "--strip-components=1"], { cwd: target });
  await remove(packed.folder);
}

/**
 * @param {string} source
 * @param {string} target
 */
function copy(source, target) {
  const filter = (/** @type {string} */ file) => path.basename(file) !== "node_modules";
  return cp(source, target, { recursive: true, filter });
}
