// @ts-check
// What create and poll cost a consumer: bundled and minified, wasm and loader included. Fails over the budget.
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { inRoot, say } from "./run.mjs";

/** Bytes after gzip -9: what was reached, with a little room. bench/size.md has what was tried to get below. */
const BUDGET = 100_000;

const CONSUMER = `import { createSession, pollSession } from "./index.mjs";
export const ask = async (prompt, options) => pollSession(await createSession({ prompt }, options), options);`;

export async function reportSize() {
  const result = await build({
    stdin: { contents: CONSUMER, resolveDir: inRoot("pkg"), loader: "js" },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  const bytes = result.outputFiles[0].contents;
  const gzip = gzipSync(bytes, { level: 9 }).length;
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  }).length;
  say(
    `create + poll in a bundle: ${bytes.length} bytes raw, ${gzip} gzip, ${brotli} brotli (budget ${BUDGET} gzip)`,
  );
  if (gzip > BUDGET) throw new Error(`over the size budget by ${gzip - BUDGET} bytes`);
}
