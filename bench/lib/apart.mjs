// @ts-check
// Programs of this folder as processes of their own: one that prints what it measured, and a peer's service.
import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";

const exec = promisify(execFile);
const path = (/** @type {string} */ script) =>
  fileURLToPath(new URL(`../${script}`, import.meta.url));

/**
 * What a script of this folder prints in its last line, as JSON.
 * @param {string} script
 * @param {(string | number)[]} args
 * @param {string[]} [flags] Node's
 */
export async function measure(script, args, flags = []) {
  const { stdout } = await exec(process.execPath, [...flags, path(script), ...args.map(String)]);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

/**
 * @param {import("./peers.mjs").Peer} peer
 * @param {{ polls: number, bytes?: number, still?: boolean }} how as in `serve` of service.mjs
 */
export async function serviceApart(peer, how) {
  const server = spawn(process.execPath, [path("server.mjs"), peer.name, JSON.stringify(how)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const baseUrl = await new Promise((resolve) =>
    server.stdout.once("data", (data) => resolve(String(data).trim())),
  );
  return { baseUrl: String(baseUrl), close: () => server.kill() };
}
