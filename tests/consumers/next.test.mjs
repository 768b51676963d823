// @ts-check
// The packed package in Next.js: in a client component and in a route handler, in development and built, by Turbopack and
// by webpack.
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { createMockApi } from "../../pkg/testing.mjs";
import { serve } from "../../pkg/testing-node.mjs";
import { launchBrowser } from "../support/browser.mjs";
import { toolchains } from "../support/toolchains.mjs";

const ANSWER = "active, response";
const SAYS = /Local:\s+(http:\S+)/;
const PORT = ["--port", "0", "--hostname", "127.0.0.1"];

describe("Next.js", () => {
  /** @type {Awaited<ReturnType<typeof toolchains>>} */
  let tools;
  /** @type {Awaited<ReturnType<typeof serve>>} */
  let api;
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Record<string, string>} */
  let env;
  let cwd = "";

  before(async () => {
    tools = await toolchains();
    const stages = [{ status: "finding_sources", ms: 30 }, { status: "active" }];
    api = await serve(createMockApi({ stages }), { port: 0, cors: true });
    env = { AIERA_BASE_URL: api.url };
    browser = await launchBrowser();
    cwd = await tools.consumer("next");
  });
  after(async () => {
    await browser?.close();
    await api?.close();
    await tools?.close();
  });

  /** @param {string} address */
  async function ask(address) {
    const route = await fetch(`${address}/api/ask`);
    assert.equal(await route.text(), ANSWER, "in the route handler");
    const page = await browser.newPage();
    /** @type {string[]} */
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    await page.goto(`${address}/?api=${encodeURIComponent(api.url)}`);
    const output = page.locator("output:not(:empty)");
    assert.equal(await output.innerText({ timeout: 30_000 }), ANSWER, "in the client component");
    assert.deepEqual(complaints, []);
    await page.close();
  }

  for (const bundler of ["turbopack", "webpack"]) {
    test(`built by ${bundler}`, async () => {
      await rm(path.join(cwd, ".next"), { recursive: true, force: true });
      await tools.run("next", ["build", `--${bundler}`], { cwd, env });
      const server = await tools.serve("next", ["start", ...PORT], { cwd, env, says: SAYS });
      await ask(server.address);
      await server.stop();
    });

    test(`in development, by ${bundler}`, async () => {
      await rm(path.join(cwd, ".next"), { recursive: true, force: true });
      const server = await tools.serve("next", ["dev", `--${bundler}`, ...PORT], {
        cwd,
        env,
        says: SAYS,
      });
      await ask(server.address);
      await server.stop();
    });
  }
});
