// @ts-check
// The same sources build the same package, byte for byte, in any folder.
import assert from "node:assert/strict";
import { cp, mkdir, readdir, readFile, symlink } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { PKG, remove, run, temporary } from "../support/packed.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SOURCES = [
  "src",
  "bench",
  "scripts",
  "pkg-template",
  "Cargo.toml",
  "Cargo.lock",
  "package.json",
];
/** The package that is part of the element. Its files are copied rather than linked, since the bundle names their paths. */
const BUNDLED = ["marked"];
const TEXTS = ["package-lock.json", "README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"];

let folder = "";
before(async () => {
  folder = await temporary("a-place-with-a-longer-name");
  for (const name of [...SOURCES, ...TEXTS, "rust-toolchain.toml", "tsconfig.json"]) {
    await cp(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  }
  await symlink(path.join(ROOT, ".tools"), path.join(folder, ".tools"));
  await mkdir(path.join(folder, "node_modules"));
  for (const name of await readdir(path.join(ROOT, "node_modules"))) {
    const [from, to] = [ROOT, folder].map((root) => path.join(root, "node_modules", name));
    await (BUNDLED.includes(name) ? cp(from, to, { recursive: true }) : symlink(from, to));
  }
});
after(() => remove(folder));

/** @param {string} place */
async function contents(place) {
  const names = (await readdir(place)).sort();
  const bytes = await Promise.all(names.map((name) => readFile(path.join(place, name))));
  return new Map(names.map((name, at) => [name, bytes[at]]));
}

test("a clean build in another folder results in the same bytes", async () => {
  await run(process.execPath, [path.join("scripts", "build.mjs")], { cwd: folder });
  const [first, second] = [await contents(PKG), await contents(path.join(folder, "pkg"))];
  assert.deepEqual([...second.keys()], [...first.keys()]);
  for (const [name, bytes] of first) assert.ok(second.get(name)?.equals(bytes), name);
});
