// @ts-check
// Measures many questions on several workers of examples/queue, compared with one process with one client: time, memory and
// requests.
import { fork, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startRedis } from "../../scripts/lib/services.mjs";
import { installExample } from "../../tests/engines/support/install.mjs";
import { report } from "../lib/results.mjs";

const QUESTIONS = Number(process.env.BENCH_QUESTIONS ?? 10_000);
const WORKERS = Number(process.env.BENCH_WORKERS ?? 4);
/** Creates of all workers together, per second. Without a limit, the mock API in one process would be the bottleneck. */
const PER_SECOND = Number(process.env.BENCH_PER_SECOND ?? 50);
const here = (/** @type {string} */ file) => fileURLToPath(new URL(file, import.meta.url));

/** Starts a service for each run, so that the second run finds no sessions of the first. */
async function startService() {
  const child = fork(here("service.worker.mjs"), {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  process.once("exit", () => child.kill("SIGKILL"));
  /** @type {<T>() => Promise<T>} */
  const message = () =>
    new Promise((resolve) =>
      child.once("message", (/** @type {any} */ message) => resolve(message)),
    );
  const { url } = await /** @type {Promise<{ url: string }>} */ (message());
  return {
    url,
    async counts() {
      child.send("counts");
      const { counts } =
        await /** @type {Promise<{ counts: { creates: number, others: number } }>} */ (message());
      return counts;
    },
    stop: () => void child.kill(),
  };
}

/** The peak memory of a process, in MB; null if the system does not report it. */
async function peakMb(/** @type {number | undefined} */ pid) {
  try {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    const kb = /VmHWM:\s+(\d+)/.exec(status)?.[1];
    return kb ? Number(kb) / 1024 : null;
  } catch {
    return null;
  }
}

/** @param {import("node:child_process").ChildProcess} child */
const ended = (child) => new Promise((resolve) => child.once("close", resolve));

async function onQueue() {
  const redis = await startRedis();
  if (!redis) throw new Error("there is no redis-server, and none can be installed");
  const folder = await installExample("queue");
  const scratch = await mkdtemp(path.join(tmpdir(), "aiera-chat-bench-queue-"));
  const service = await startService();
  const env = {
    ...process.env,
    AIERA_BASE_URL: service.url,
    REDIS_URL: redis.url,
    CREATES_AT_ONCE: "16",
    CREATES_PER_SECOND: String(PER_SECOND),
    WAITS_AT_ONCE: String(Math.ceil(QUESTIONS / WORKERS)),
  };
  const main = (/** @type {string[]} */ ...args) => {
    const child = spawn(process.execPath, ["main.mjs", ...args], {
      cwd: folder,
      env,
      stdio: ["ignore", "ignore", "inherit"],
    });
    process.once("exit", () => child.kill("SIGKILL"));
    return child;
  };
  const file = path.join(scratch, "questions.txt");
  await writeFile(
    file,
    Array.from({ length: QUESTIONS }, (_, index) => `Question ${index + 1}?`).join("\n"),
  );
  await ended(main("add", file, "--batch", "bench"));

  const start = performance.now();
  const workers = Array.from({ length: WORKERS }, () => main("work"));
  const load = createRequire(path.join(folder, "package.json"));
  const { Queue } = load("bullmq");
  const queue = new Queue("aiera-wait", { connection: { url: redis.url } });
  for (;;) {
    const { completed, failed } = await queue.getJobCounts("completed", "failed");
    if (completed + failed >= QUESTIONS) break;
    await sleep(500);
  }
  const seconds = (performance.now() - start) / 1_000;
  const memory = await Promise.all(workers.map(({ pid }) => peakMb(pid)));
  const client = new (load("ioredis").Redis)(redis.url);
  const redisMb = Number(/used_memory_peak:(\d+)/.exec(await client.info("memory"))?.[1]) / 2 ** 20;
  client.disconnect();
  const failed = await queue.getFailedCount();
  await queue.close();
  const closed = workers.map(ended);
  for (const worker of workers) worker.kill("SIGTERM");
  await Promise.all(closed);
  const counts = await service.counts();
  service.stop();
  await redis.remove();
  await rm(scratch, { recursive: true, force: true });
  return {
    name: `examples/queue, ${WORKERS} workers`,
    seconds,
    counts,
    failed,
    mb: memory.every(Number) ? Math.max(...memory.map(Number)) : null,
    redisMb,
  };
}

async function inOneProcess() {
  const service = await startService();
  const start = performance.now();
  const args = [String(QUESTIONS), String(PER_SECOND)];
  const child = fork(here("one-process.worker.mjs"), args, {
    env: { ...process.env, AIERA_BASE_URL: service.url },
  });
  const closed = ended(child);
  /** @type {number | null} */
  let mb = null;
  const watch = setInterval(async () => (mb = (await peakMb(child.pid)) ?? mb), 200);
  const code = await closed;
  clearInterval(watch);
  if (code !== 0) throw new Error(`one-process.worker.mjs ended (${code})`);
  const seconds = (performance.now() - start) / 1_000;
  const counts = await service.counts();
  service.stop();
  return { name: "one process, one client", seconds, counts, failed: 0, mb, redisMb: null };
}

export async function run() {
  const rows = [];
  for (const measure of [inOneProcess, onQueue]) {
    const { name, seconds, counts, failed, mb, redisMb } = await measure();
    rows.push({
      name,
      seconds,
      perSecond: QUESTIONS / seconds,
      creates: counts.creates,
      requests: (counts.creates + counts.others) / QUESTIONS,
      mb,
      redisMb,
      failed,
    });
  }
  await report("engines", {
    about: `${QUESTIONS.toLocaleString("en")} questions, ${PER_SECOND} a second; sessions take 1 to 60 s, with a median of 12 s.`,
    columns: {
      name: "",
      seconds: "seconds",
      perSecond: "answers per second",
      creates: "creates",
      requests: "requests per question",
      mb: "largest process, MB",
      redisMb: "Redis, MB",
      failed: "dead letter",
    },
    rows,
  });
}
