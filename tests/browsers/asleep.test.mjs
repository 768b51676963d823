// @ts-check
// A machine that sleeps: everything in it stops, timers included, and goes on later. Here whole processes are stopped and
// continued: Node, and each browser with all that belongs to it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import puppeteer from "puppeteer-core";
import { browserPath } from "../../scripts/lib/browser.mjs";
import { FLAGS } from "../support/browser.mjs";
import { launchFirefox } from "../support/firefox.mjs";

const ASLEEP_MS = 1_500;
const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** What waits, in whatever it is that sleeps: one wait that has time enough, and one whose time passes meanwhile. */
const WAIT = `async (aiera, baseUrl, began) => {
  const told = [];
  const chat = new aiera.AieraChat({ baseUrl });
  const wait = (id, timeoutMs) =>
    chat.pollSession(id, { intervalMs: 200, maxIntervalMs: 200, timeoutMs, onUpdate: () => began() }).then(
      (session) => told.push(id + " " + session.status),
      (error) => told.push(id + " " + error.code),
    );
  await Promise.all([wait(1, 60_000), wait(2, 700)]);
  return told.sort().join(", ");
}`;

const ASK = `
  import * as aiera from ${JSON.stringify(new URL("../../pkg/index.mjs", import.meta.url).href)};
  const wait = ${WAIT};
  console.log(await wait(aiera, process.argv[1], () => console.log("began")));
`;

describe("asleep", { skip: process.platform === "win32" && "there is no SIGSTOP" }, () => {
  /** Whether the first session is finished: it is while everybody sleeps. The second never is. */
  let finished = false;
  let requests = 0;
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (pathname.startsWith("/pkg/")) {
      response.setHeader("Content-Type", "text/javascript");
      return response.end(await readFile(new URL(`../..${pathname}`, import.meta.url)));
    }
    if (!pathname.startsWith("/api/")) {
      response.setHeader("Content-Type", "text/html");
      return response.end("<!doctype html><title>asleep</title>");
    }
    requests++;
    const id = Number(pathname.split("/").at(-1));
    const status = finished && id === 1 ? "active" : "finding_sources";
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ id, status }));
  });
  let origin = "";

  before(async () => {
    await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
    origin = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  /**
   * Stops a group of processes for a while, in which the session is finished.
   * @param {number} group
   */
  async function putToSleep(group) {
    process.kill(-group, "SIGSTOP");
    // What was on its way still arrives.
    await sleep(200);
    const before = requests;
    finished = true;
    await sleep(ASLEEP_MS);
    assert.equal(requests, before, "something was awake");
    process.kill(-group, "SIGCONT");
  }

  test("Node", async () => {
    finished = false;
    const args = ["--input-type=module", "--eval", ASK, `${origin}/api`];
    const child = spawn(process.execPath, args, {
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    /** @type {() => void} */
    let began = () => {};
    const beginning = new Promise((resolve) => (began = () => resolve(undefined)));
    child.stdout.on("data", (data) => {
      said += data;
      if (said.includes("began")) began();
    });
    const ended = new Promise((resolve) => child.once("close", resolve));
    await beginning;
    await putToSleep(/** @type {number} */ (child.pid));
    const woken = performance.now();
    assert.equal(await ended, 0);
    assert.match(said, /\n1 active, 2 timeout\n$/);
    assert.ok(performance.now() - woken < 2_000, "it took its time after it woke");
  });

  const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const launchers = {
    Chromium: async () =>
      puppeteer.launch({ executablePath: await browserPath(), args: [...FLAGS, ...asRoot] }),
    Firefox: launchFirefox,
  };
  for (const [name, launch] of Object.entries(launchers)) {
    test(name, async (context) => {
      finished = false;
      const browser = await launch();
      if (!browser) return context.skip(`no ${name} here, and none could be got`);
      try {
        const page = await browser.newPage();
        await page.goto(`${origin}/`);
        await page.evaluate(`(async () => {
          const aiera = await import("/pkg/index.mjs");
          window.outcome = (${WAIT})(aiera, "/api", () => (document.title = "began"));
        })()`);
        await page.waitForFunction("document.title === 'began'");
        await putToSleep(/** @type {number} */ (browser.process()?.pid));
        const woken = performance.now();
        assert.equal(await page.evaluate("outcome"), "1 active, 2 timeout");
        assert.ok(performance.now() - woken < 5_000, "it took its time after it woke");
      } finally {
        await browser.close();
      }
    });
  }
});
