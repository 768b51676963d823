// @ts-check
// Bundles of the package with a version of React. The versions are installed once, outside this folder.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { PKG, run } from "../support/packed.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));

/** The major versions of React that the package supports. */
export const VERSIONS = ["18", "19"];

async function installed() {
  const lock = await readFile(path.join(HERE, "package-lock.json"));
  const version = createHash("sha256").update(lock).digest("hex").slice(0, 12);
  const folder = path.join(tmpdir(), `aiera-chat-react-${version}`);
  if (!existsSync(path.join(folder, ".installed"))) {
    await rm(folder, { recursive: true, force: true });
    for (const file of ["package.json", "package-lock.json", ".npmrc"]) {
      await cp(path.join(HERE, file), path.join(folder, file));
    }
    const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
    await run("npm", ["ci", ...quiet], { cwd: folder });
    await writeFile(path.join(folder, ".installed"), "");
  }
  return folder;
}

/** @type {Promise<string> | undefined} */
let folder;

/**
 * A module of this folder, bundled with React in development mode and the built package.
 *
 * @param {string} file
 * @param {string} version of React
 * @param {"browser" | "node"} platform
 * @returns {Promise<string>}
 */
export async function bundle(file, version, platform) {
  const modules = path.join(await (folder ??= installed()), "node_modules");
  const { outputFiles } = await build({
    entryPoints: [path.join(HERE, file)],
    bundle: true,
    write: false,
    format: platform === "node" ? "cjs" : "esm",
    platform,
    target: "es2022",
    define: { "process.env.NODE_ENV": '"development"' },
    logLevel: "error",
    plugins: [
      {
        name: "versions",
        setup({ onResolve, resolve }) {
          onResolve({ filter: /^react(-dom)?(\/|$)/ }, ({ path: name, kind, pluginData }) => {
            if (pluginData === "resolved") return undefined;
            const aliased = name.replace(/^react(-dom)?/, (whole) => `${whole}-${version}`);
            return resolve(`./${aliased}`, { kind, resolveDir: modules, pluginData: "resolved" });
          });
          onResolve({ filter: /^aiera-chat(\/|$)/ }, ({ path: name }) => {
            const entry = name === "aiera-chat" ? "index" : name.slice("aiera-chat/".length);
            return { path: path.join(PKG, `${entry}.mjs`), sideEffects: entry === "element" };
          });
        },
      },
    ],
  });
  return outputFiles[0].text;
}
