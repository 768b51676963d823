// @ts-check
// The client is Rust: the main entry's own JavaScript stays small.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { build } from "esbuild";
import { inRoot } from "../../scripts/lib/run.mjs";

/** The limit of lines, with comments and blank ones, so that JavaScript does not do the work of Rust. */
const LIMIT = 700;

/** The files that an entry is bundled from. @param {string} source */
async function sourcesOf(source) {
  const { metafile } = await build({
    absWorkingDir: inRoot(),
    entryPoints: [`pkg-template/src/${source}`],
    bundle: true,
    write: false,
    metafile: true,
    logLevel: "error",
    format: "esm",
    external: ["node:*", "aiera-chat", "aiera-chat/*", "#wasm"],
    alias: { "#load": inRoot("pkg-template/src/load/inline.js") },
  });
  return Object.keys(metafile.inputs);
}

test("the main entry, without the answers and the modules shared with other entries, has at most 700 lines", async () => {
  const others = ["proxy/index.js", "testing/index.js", "cli/bin.js"];
  const shared = new Set((await Promise.all(others.map(sourcesOf))).flat());
  const sources = await sourcesOf("index.js");
  const files = sources.filter((file) => !shared.has(file) && !file.includes("/answer/"));
  assert.ok(files.includes("pkg-template/src/client.js"));
  const texts = files.map((file) => readFileSync(inRoot(file), "utf8"));
  const lines = texts.flatMap((text) => text.trimEnd().split("\n"));
  assert.ok(lines.length <= LIMIT, `${lines.length} lines in ${files.join(", ")}`);
});
