// @ts-check
// Redis and PostgreSQL for tests and benchmarks: real servers on loopback, with their data in a temporary folder.
import { execFile, spawn } from "node:child_process";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { fromDebian, installed, versionFolders } from "./debian.mjs";

const exec = promisify(execFile);

const PATIENCE_MS = 30_000;

/**
 * A running server. `stop` ends it with a signal, and `start` restarts it on the same port with the same data.
 * @typedef {{
 *   url: string, folder: string, start(): Promise<void>, stop(signal?: NodeJS.Signals): Promise<void>, remove(): Promise<void>
 * }} Service
 */

/**
 * A Redis that writes every command to its append-only file before it responds; undefined if Redis is missing.
 * @returns {Promise<Service | undefined>}
 */
export async function startRedis() {
  const find = () => installed(["redis-server", "valkey-server"]);
  const program = find() ?? (await fromDebian(["redis-server"], find));
  if (!program) return undefined;
  const folder = await mkdtemp(path.join(tmpdir(), "aiera-chat-redis-"));
  const port = await freePort();
  const options = {
    port: String(port),
    bind: "127.0.0.1",
    dir: folder,
    save: "",
    appendonly: "yes",
    appendfsync: "always",
    "maxmemory-policy": "noeviction",
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  return service({
    url: `redis://127.0.0.1:${port}`,
    folder,
    program,
    args,
    ready: /eady to accept connections/,
  });
}

/**
 * A PostgreSQL with an empty database; undefined if PostgreSQL is missing.
 * @returns {Promise<Service | undefined>}
 */
export async function startPostgres() {
  const find = () => {
    const folders = versionFolders("/usr/lib/postgresql");
    const [program, initdb] = ["postgres", "initdb"].map((name) => installed([name], folders));
    return program && initdb ? { program, initdb } : undefined;
  };
  const programs = find() ?? (await fromDebian(["postgresql"], find));
  if (!programs) return undefined;
  const folder = await mkdtemp(path.join(tmpdir(), "aiera-chat-postgres-"));
  const owner = await unprivileged();
  if (owner) await chown(folder, owner.uid, owner.gid);
  const data = path.join(folder, "data");
  await exec(programs.initdb, ["-D", data, "-U", "aiera", "-A", "trust", "--no-sync"], {
    ...owner,
    cwd: folder,
  });
  const port = await freePort();
  const args = [
    "-D",
    data,
    "-p",
    String(port),
    "-h",
    "127.0.0.1",
    "-k",
    "",
    "-F",
    "-c",
    "max_connections=200",
  ];
  const url = `postgresql://aiera@127.0.0.1:${port}/postgres`;
  return service({
    url,
    folder,
    program: programs.program,
    args,
    owner,
    ready: /ready to accept connections/,
  });
}

/** An unprivileged user, since PostgreSQL refuses to run as root: Debian's user for it, or one without any rights. */
async function unprivileged() {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    try {
      const ids = await Promise.all(["-u", "-g"].map((flag) => exec("id", [flag, name])));
      const [uid, gid] = ids.map(({ stdout }) => Number(stdout));
      return { uid, gid };
    } catch {
      // The user does not exist.
    }
  }
  return undefined;
}

/**
 * @param {{
 *   url: string, folder: string, program: string, args: string[], ready: RegExp, owner?: { uid: number, gid: number }
 * }} how
 * @returns {Promise<Service>}
 */
async function service({ url, folder, program, args, ready, owner }) {
  /** @type {import("node:child_process").ChildProcess | undefined} */
  let child;
  const start = async () => {
    const started = spawn(program, args, {
      ...owner,
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    child = started;
    let output = "";
    let ended = false;
    started.once("close", () => (ended = true));
    started.once("error", (error) => (output += error.message));
    for (const stream of [started.stdout, started.stderr]) {
      stream.on("data", (data) => (output = (output + data).slice(-10_000)));
    }
    const deadline = Date.now() + PATIENCE_MS;
    while (!ready.test(output)) {
      if (ended || Date.now() > deadline) throw new Error(`${program} did not start:\n${output}`);
      await sleep(20);
    }
  };
  // The end of this process ends the server.
  process.once("exit", () => child?.kill("SIGKILL"));
  const stop = async (/** @type {NodeJS.Signals} */ signal = "SIGKILL") => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const closed = new Promise((resolve) => child?.once("close", resolve));
    child.kill(signal);
    await closed;
  };
  const remove = async () => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    await remove();
    throw error;
  }
  return { url, folder, start, stop, remove };
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}
