// @ts-check
// Prints the bytes that the package adds to a consumer's bundle, including the WebAssembly module and its loader, for create
// and poll and for the element. Fails over a limit.
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { inRoot, say } from "./run.mjs";

/** Bytes after gzip -9. `npm run bench -- size --functions` lists the largest functions. */
const LIMIT = 67_300;
/** Bytes after gzip -9 of the element without the client, including its Markdown and style sheet. */
const ELEMENT_LIMIT = 32_700;

const CONSUMER = `import { createSession, pollSession } from "./index.mjs";
export const ask = async (prompt, options) => pollSession(await createSession({ prompt }, options), options);`;
const ELEMENT = `import "./element.mjs";`;

export async function reportSize() {
  check("create and poll in a bundle", await sizeOf(CONSUMER), LIMIT);
  check("the element without the client", await sizeOf(ELEMENT, ["./index.mjs"]), ELEMENT_LIMIT);
  check("the element in a bundle", await sizeOf(ELEMENT));
}

/**
 * @param {string} contents  of a consumer's module
 * @param {string[]} [external] omitted modules
 */
async function sizeOf(contents, external) {
  const result = await build({
    stdin: { contents, resolveDir: inRoot("pkg"), loader: "js" },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
    external,
  });
  const bytes = result.outputFiles[0].contents;
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return {
    plain: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, { params }).length,
  };
}

/**
 * @param {string} name
 * @param {Awaited<ReturnType<typeof sizeOf>>} size
 * @param {number} [limit]
 */
function check(name, { plain, gzip, brotli }, limit) {
  const shown = limit === undefined ? "" : ` (limit ${limit})`;
  say(`${name}: ${plain} bytes, ${gzip} after gzip${shown}, ${brotli} after brotli`);
  if (limit !== undefined && gzip > limit) {
    throw new Error(`${name}: ${gzip - limit} bytes over the size limit`);
  }
}
