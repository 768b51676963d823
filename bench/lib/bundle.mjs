// @ts-check
// A peer in a browser's bundle.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/**
 * @param {import("./peers.mjs").Peer} peer
 * @param {string} script what is done with its `connect`
 * @returns {Promise<Uint8Array>}
 */
export async function bundle({ file }, script) {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { connect } from "./${file}";\n${script}`,
      resolveDir: fileURLToPath(new URL("../peers/", import.meta.url)),
    },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    logLevel: "error",
  });
  return outputFiles[0].contents;
}
