// @ts-check
// A machine that sleeps: all its processes stop, including their timers, and continue later. The tests stop and continue
// whole groups of processes: Node, and each browser.
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

/** Two polls of the sleeping process: one with enough time, and one whose deadline passes meanwhile. */
const POLL = `async (aiera, baseUrl, onBegin) => {
  const outcomes = [];
  const chat = new aiera.AieraChat({ baseUrl });
  const poll = (id, timeoutMs) =>
    chat.pollSession(id, { intervalMs: 200, maxIntervalMs: 200, timeoutMs, onUpdate: () => onBegin() }).then(
      (session) => outcomes.push(id + " " + session.status),
      (error) => outcomes.push(id + " " + error.code),
    );
  await Promise.all([poll(1, 60_000), poll(2, 700)]);
  return outcomes.sort().join(", ");
}`;

const SCRIPT = `
  import * as aiera from ${JSON.stringify(new URL("../../pkg/index.mjs", import.meta.url).href)};
  const poll = ${POLL};
  console.log(await poll(aiera, process.argv[1], () => console.log("began")));
`;

describe("asleep", { skip: process.platform === "win32" && "there is no SIGSTOP" }, () => {
  /** Whether the first session is finished, as it is after the sleep. The second one never is. */
  let finished = false;
  let requests = 0;
  /** Requests for the first session since it was finished. */
  let requestsSince = 0;
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
    if (finished && id === 1) requestsSince++;
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
   * Stops a group of processes for a while. Meanwhile, the first session is finished.
   * @param {number} group
   */
  async function putToSleep(group) {
    process.kill(-group, "SIGSTOP");
    // A request in flight may still arrive.
    await sleep(200);
    const before = requests;
    requestsSince = 0;
    finished = true;
    await sleep(ASLEEP_MS);
    assert.equal(requests, before, "a request was sent during the sleep");
    process.kill(-group, "SIGCONT");
  }

  test("a poll in Node continues after a sleep", async () => {
    finished = false;
    const args = ["--input-type=module", "--eval", SCRIPT, `${origin}/api`];
    const child = spawn(process.execPath, args, {
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    /** @type {() => void} */
    let onBegin = () => {};
    const beginning = new Promise((resolve) => (onBegin = () => resolve(undefined)));
    child.stdout.on("data", (data) => {
      output += data;
      if (output.includes("began")) onBegin();
    });
    const ended = new Promise((resolve) => child.once("close", resolve));
    await beginning;
    await putToSleep(/** @type {number} */ (child.pid));
    assert.equal(await ended, 0);
    assert.match(output, /\n1 active, 2 timeout\n$/);
    assert.equal(requestsSince, 1, "the first poll after the sleep is the last one");
  });

  const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const launchers = {
    Chromium: async () =>
      puppeteer.launch({ executablePath: await browserPath(), args: [...FLAGS, ...asRoot] }),
    Firefox: launchFirefox,
  };
  for (const [name, launch] of Object.entries(launchers)) {
    test(`a poll in ${name} continues after a sleep`, async (context) => {
      finished = false;
      const browser = await launch();
      if (!browser) return context.skip(`no ${name} here, and none could be installed`);
      try {
        const page = await browser.newPage();
        await page.goto(`${origin}/`);
        await page.evaluate(`(async () => {
          const aiera = await import("/pkg/index.mjs");
          window.outcome = (${POLL})(aiera, "/api", () => (document.title = "began"));
        })()`);
        await page.waitForFunction("document.title === 'began'");
        await putToSleep(/** @type {number} */ (browser.process()?.pid));
        assert.equal(await page.evaluate("outcome"), "1 active, 2 timeout");
        assert.equal(requestsSince, 1, "the first poll after the sleep is the last one");
      } finally {
        await browser.close();
      }
    });
  }
});
