// @ts-check
// The size of `answerOf` for a consumer who imports nothing else: bundled for the package, then by the consumer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const BUDGET = 2048;
const SOURCE = fileURLToPath(new URL("../../../pkg-template/src/", import.meta.url));

/** @param {string} contents */
async function bundle(contents, options = {}) {
  const stdin = { contents, resolveDir: SOURCE };
  const result = await build({ stdin, bundle: true, format: "esm", write: false, ...options });
  return result.outputFiles[0].text;
}

/**
 * The consumer's bundle.
 *
 * @param {string} consumer
 */
async function bundleFor(consumer) {
  const entry = await bundle(
    `export * from "./answer/index.js"; export { AieraChatError } from "./errors.js";`,
    { target: "es2022" },
  );
  const plugin = {
    name: "package",
    /** @param {import("esbuild").PluginBuild} build */
    setup(build) {
      build.onResolve({ filter: /^aiera-chat$/ }, ({ path }) => ({ path, namespace: "package" }));
      build.onLoad({ filter: /.*/, namespace: "package" }, () => ({ contents: entry }));
    },
  };
  return bundle(consumer, { minify: true, plugins: [plugin] });
}

test("answerOf costs a bundle at most 2 KB, gzipped", async (t) => {
  const code = await bundleFor(
    `import { answerOf } from "aiera-chat"; export const textOf = (session) => answerOf(session)?.text;`,
  );
  const bytes = gzipSync(code, { level: 9 }).length;
  t.diagnostic(`answerOf: ${code.length} bytes, ${bytes} gzipped (budget ${BUDGET})`);
  assert.ok(bytes <= BUDGET, `${bytes} bytes`);
  assert.doesNotMatch(code, /WebAssembly|fetch/);
});

test("A bundle that does not use answers holds nothing of them", async () => {
  assert.equal((await bundleFor(`import "aiera-chat"; console.log(1);`)).trim(), "console.log(1);");
  const code = await bundleFor(
    `import { AieraChatError } from "aiera-chat"; console.log(AieraChatError);`,
  );
  assert.doesNotMatch(code, /citation|invalid_argument/);
});
