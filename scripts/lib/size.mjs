// @ts-check
// Prints the bytes that create and poll add to a consumer's bundle, the WebAssembly module and its loader included. Fails over
// the limit.
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { inRoot, say } from "./run.mjs";

/** Bytes after gzip -9. `npm run bench -- size --functions` shows where they are. */
const LIMIT = 67_000;

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
    `create and poll in a bundle: ${bytes.length} bytes, ${gzip} after gzip (limit ${LIMIT}), ${brotli} after brotli`,
  );
  if (gzip > LIMIT) throw new Error(`the bundle is ${gzip - LIMIT} bytes over its size limit`);
}
