// @ts-check
// Runs worker scripts (`*.worker.mjs`) in separate processes.
import { execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";

const exec = promisify(execFile);
const SERVICE = fileURLToPath(new URL("./http-service.worker.mjs", import.meta.url));

/**
 * Runs a worker to its end and resolves with the JSON in its last line of output.
 * @param {URL} worker
 * @param {(string | number)[]} args
 * @param {string[]} [flags] flags for Node
 */
export async function measure(worker, args, flags = []) {
  const script = fileURLToPath(worker);
  const { stdout } = await exec(process.execPath, [...flags, script, ...args.map(String)]);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

/**
 * Starts a peer's service on a free port, so that its CPU time is not counted with the client's.
 * @param {import("./peers.mjs").Peer} peer
 * @param {{ polls: number, bytes?: number, unchanged?: boolean }} options options of `serve` in http-service.mjs
 * @returns {Promise<{ baseUrl: string, close: () => void }>}
 */
export async function startService(peer, options) {
  const service = spawn(process.execPath, [SERVICE, peer.name, JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const baseUrl = await new Promise((resolve, reject) => {
    createInterface(service.stdout).once("line", resolve);
    service.once("exit", (code) =>
      reject(new Error(`the service of ${peer.name} exited: ${code}`)),
    );
  });
  return { baseUrl, close: () => service.kill() };
}
