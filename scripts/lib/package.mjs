// @ts-check
// Builds the publishable package in pkg/: compiles the crate with wasm-pack, optimizes the module, packs it into the loaders,
// bundles the entries, and prints their size in a consumer's bundle.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import zopfli from "@gfx/zopfli";
import { build } from "esbuild";
import { markedLexer, styleSheets } from "./element-parts.mjs";
import { ENTRIES, TYPES } from "./entries.mjs";
import { optimize, renaming } from "./optimize.mjs";
import { env, inRoot, output, run, say } from "./run.mjs";
import { reportSize } from "./size.mjs";

// Zopfli installs a handler of uncaught errors that prints its source.
for (const event of ["uncaughtException", "unhandledRejection"]) process.removeAllListeners(event);

const COMPILED = inRoot("target", "wasm-pack");
const PARTS = inRoot("target", "package");
const PKG = inRoot("pkg");
const WASM = "aiera_chat_bg.wasm";
/** Bytes. The stack is at the start of the memory, so that an overflow traps. The default is a megabyte. */
const STACK = 64 * 1024;

export async function buildPackage() {
  await compile();
  await mkdir(PARTS, { recursive: true });
  await rm(PKG, { recursive: true, force: true });
  await mkdir(PKG);
  await packModule();
  await Promise.all([...ENTRIES.map(bundle), copyTypes(), copyFiles()]);
  await reportSize();
}

async function compile() {
  say("compiling the crate");
  const home = env.CARGO_HOME ?? `${env.HOME ?? env.USERPROFILE}/.cargo`;
  const std = path.join(
    output("rustc", ["--print", "sysroot"]) ?? "",
    "lib",
    "rustlib",
    "src",
    "rust",
  );
  const [, commit] = /^commit-hash: (\w+)$/m.exec(output("rustc", ["-vV"]) ?? "") ?? [];
  // Otherwise panic locations would hold paths of this machine: those of the standard library only if the component rust-src
  // is installed.
  const flags = [
    `--remap-path-prefix=${home}=/cargo`,
    `--remap-path-prefix=${inRoot()}=/aiera-chat`,
    `--remap-path-prefix=${std}=/rustc/${commit}`,
    `-Clink-arg=-zstack-size=${STACK}`,
  ];
  const args = [
    "--target",
    "web",
    "--no-pack",
    "--mode",
    "no-install",
    "--no-gitignore",
    "--no-typescript",
  ];
  await run(
    "wasm-pack",
    ["--quiet", "build", "--release", ...args, "--out-dir", COMPILED, "--", "--locked"],
    {
      env: { ...env, RUSTFLAGS: flags.join(" ") },
    },
  );
}

/** Writes the optimized module, as a file and in a script with the glue. */
async function packModule() {
  const { wasm, names } = await optimize(`${COMPILED}/${WASM}`);
  await writeFile(`${PKG}/${WASM}`, wasm);
  const bundled = await build({
    stdin: {
      contents: `export { default, Client } from "./aiera_chat.js";`,
      resolveDir: COMPILED,
    },
    bundle: true,
    minify: true,
    format: "iife",
    globalName: "glue",
    write: false,
    target: "es2022",
    ...renaming(names),
  });
  const glue = String(bundled.outputFiles?.[0].text).trim();
  // A few percent smaller than zlib's best, in the same format.
  const packed = Buffer.from(await zopfli.zlibAsync(wasm, { numiterations: 15 })).toString(
    "base64",
  );
  // In a function, so that an import has no side effects and each load is independent. The parameters replace globals that
  // some test environments hide.
  const script = `export function createGlue(TextDecoder, TextEncoder) {\n${glue}\nreturn glue;\n}
export const size = ${wasm.length};
export const wasm = "${packed}";\n`;
  await writeFile(`${PARTS}/wasm.js`, script);
}

/** @param {typeof ENTRIES[number]} entry */
async function bundle({ source, name, load, formats, platform = "neutral", siblings = [] }) {
  for (const format of formats) {
    await build({
      entryPoints: [inRoot("pkg-template", "src", source)],
      outfile: `${PKG}/${name}.${format === "esm" ? "mjs" : "cjs"}`,
      bundle: true,
      format,
      platform,
      target: "es2022",
      charset: "utf8",
      legalComments: "none",
      // The command line imports the package's entries by their public names.
      external: ["*.wasm", "*.wasm?module", "node:*", "aiera-chat", "aiera-chat/*", "react"],
      alias: {
        "#wasm": `${PARTS}/wasm.js`,
        ...(load && { "#load": inRoot("pkg-template", "src", "load", `${load}.js`) }),
      },
      mainFields: ["module", "main"],
      plugins: [importSiblings(siblings), styleSheets, markedLexer],
    });
  }
}

/**
 * Keeps the imports of other entries, with their names in the package.
 * @param {string[]} names
 * @returns {import("esbuild").Plugin}
 */
function importSiblings(names) {
  const siblings = ENTRIES.filter(({ name }) => names.includes(name));
  const files = new Map(
    siblings.map(({ source, name }) => [inRoot("pkg-template", "src", source), `./${name}.mjs`]),
  );
  return {
    name: "siblings",
    setup(build) {
      build.onResolve({ filter: /^\.\.?\// }, ({ path: file, resolveDir }) => {
        const sibling = files.get(path.resolve(resolveDir, file));
        return sibling ? { path: sibling, external: true } : undefined;
      });
    },
  };
}

/** Copies each declaration file once for ESM and once for CommonJS. */
async function copyTypes() {
  for (const name of TYPES) {
    const text = await readFile(inRoot("pkg-template", `${name}.d.ts`), "utf8");
    for (const kind of ["m", "c"]) {
      const imports = text.replace(/(from "\.\/[\w-]+)\.js"/g, `$1.${kind}js"`);
      await writeFile(`${PKG}/${name}.d.${kind}ts`, imports);
    }
  }
}

async function copyFiles() {
  const manifest = JSON.parse(await readFile(inRoot("pkg-template", "package.json"), "utf8"));
  manifest.version = /^version = "(.+)"$/m.exec(await readFile(inRoot("Cargo.toml"), "utf8"))?.[1];
  await writeFile(`${PKG}/package.json`, JSON.stringify(manifest, null, 2) + "\n");
  for (const file of ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"]) {
    await cp(inRoot(file), `${PKG}/${file}`);
  }
  // Part of the element.
  await cp(inRoot("node_modules", "marked", "LICENSE"), `${PKG}/LICENSE-marked`);
}
