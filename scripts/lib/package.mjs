// @ts-check
// Puts the publishable package together in pkg/: compiles the crate with wasm-pack, shrinks the module, packs it into the
// loaders, bundles the entries, and prints what they cost a consumer.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import zopfli from "@gfx/zopfli";
import { build } from "esbuild";
import { ENTRIES, TYPES } from "./entries.mjs";
import { env, inRoot, run, say } from "./run.mjs";
import { reportSize } from "./size.mjs";
import { ownGlue, shortenNames, shrink } from "./shrink.mjs";

// Zopfli takes over all that nobody catches, and prints its own source with it.
for (const event of ["uncaughtException", "unhandledRejection"]) process.removeAllListeners(event);

const COMPILED = inRoot("target", "wasm-pack");
const PARTS = inRoot("target", "package");
const PKG = inRoot("pkg");
const WASM = "aiera_chat_bg.wasm";
/** Bytes. It stands first in the memory, so that running over it is a trap. The usual megabyte would be every page's. */
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
  // Paths of this machine stand in panic locations otherwise.
  const flags = [
    `--remap-path-prefix=${home}=/cargo`,
    `--remap-path-prefix=${inRoot()}=/aiera-chat`,
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

/** The module, shrunk, on its own and as a script that holds it together with the glue. */
async function packModule() {
  const shrunk = await shrink(await readFile(`${COMPILED}/${WASM}`));
  const whole = await readFile(`${COMPILED}/aiera_chat.js`, "utf8");
  const { wasm, glue } = shortenNames(shrunk, ownGlue(whole));
  await writeFile(`${PKG}/${WASM}`, wasm);
  await writeFile(`${PARTS}/glue.js`, glue);
  const bundled = await build({
    stdin: { contents: `export { default, Client } from "./glue.js";`, resolveDir: PARTS },
    bundle: true,
    minify: true,
    format: "iife",
    globalName: "glue",
    write: false,
    target: "es2022",
    define: { "import.meta.url": '""' },
  });
  const code = bundled.outputFiles[0].text.trim();
  // A few per cent smaller than zlib's best, and unpacked by the same code.
  const packed = Buffer.from(await zopfli.zlibAsync(wasm, { numiterations: 60 })).toString(
    "base64",
  );
  // Inside of a function, since an import must do nothing, and each load starts afresh.
  const script = `export function createGlue() {\n${code}\nreturn glue;\n}
export const size = ${wasm.length};
export const wasm = "${packed}";\n`;
  await writeFile(`${PARTS}/wasm.js`, script);
}

/** @param {typeof ENTRIES[number]} entry */
async function bundle({ source, name, load, formats, platform = "neutral" }) {
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
      external: ["*.wasm", "*.wasm?module", "node:*"],
      alias: {
        "#wasm": `${PARTS}/wasm.js`,
        ...(load && { "#load": inRoot("pkg-template", "src", "load", `${load}.js`) }),
      },
    });
  }
}

/** Each declaration file once for each way of importing. */
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
}
