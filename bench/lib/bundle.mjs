// @ts-check
// Bundles scripts for a browser, minified by esbuild.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const PEERS = fileURLToPath(new URL("../peers/", import.meta.url));

/**
 * Bundles a script.
 * @param {string} contents
 * @param {string} folder the base folder of its relative imports
 * @param {string[]} [external] modules of the consumer
 * @returns {Promise<Uint8Array>}
 */
export async function bundle(contents, folder, external = []) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    logLevel: "silent",
    external,
  });
  return outputFiles[0].contents;
}

/**
 * Bundles a peer together with a script that uses its `connect`.
 * @param {import("./peers.mjs").Peer} peer
 * @param {string} script
 */
export const bundlePeer = ({ file }, script) =>
  bundle(`import { connect } from "./${file}";\n${script}`, PEERS);
