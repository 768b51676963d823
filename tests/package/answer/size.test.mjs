// @ts-check
// The size of `answerOf` for a consumer that imports nothing else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const BUDGET = 2048;
const PACKAGE = fileURLToPath(new URL("../../../pkg/index.mjs", import.meta.url));

/**
 * The minified bundle of a consumer.
 *
 * @param {string} contents
 */
async function bundle(contents) {
  const result = await build({
    stdin: { contents, resolveDir: "." },
    alias: { "aiera-chat": PACKAGE },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  return result.outputFiles[0].text;
}

test("answerOf costs a bundle at most 2 KB, gzipped", async (t) => {
  const code = await bundle(`export { answerOf } from "aiera-chat";`);
  const bytes = gzipSync(code, { level: 9 }).length;
  t.diagnostic(`answerOf: ${code.length} bytes, ${bytes} gzipped (budget ${BUDGET})`);
  assert.doesNotMatch(code, /WebAssembly|fetch/);
  assert.ok(bytes <= BUDGET, `${bytes} bytes`);
});

test("A bundle that does not use answers does not contain their code", async () => {
  assert.equal(
    await bundle(`import { answerOf } from "aiera-chat"; console.log(1);`),
    "console.log(1);\n",
  );
  const code = await bundle(
    `import { AieraChatError } from "aiera-chat"; console.log(AieraChatError);`,
  );
  assert.doesNotMatch(code, /citation|invalid_argument/);
});
