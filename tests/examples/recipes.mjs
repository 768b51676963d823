// @ts-check
// Fresh copies of the recipes, next to the toolchains and the packed package, and pages that report problems.
import assert from "node:assert/strict";
import { cp, rm } from "node:fs/promises";
import path from "node:path";
import { after, afterEach, before } from "node:test";
import { fileURLToPath } from "node:url";
import { launchBrowser } from "../support/browser.mjs";
import { toolchains } from "../support/toolchains.mjs";

export const EXAMPLES = fileURLToPath(new URL("../../examples/", import.meta.url));
export const KEY = "recipe-key-0123456789";
/** The address that a development server prints. */
export const LOCAL = /Local:\s+(http:\S+)/;

/**
 * @typedef {object} Setting
 * @property {Awaited<ReturnType<typeof toolchains>>} tools
 * @property {import("playwright-core").Browser} browser
 * @property {(() => Promise<unknown>)[]} ends run after each test, in reverse order
 */

/** Sets up the toolchains and a browser for the tests of a suite. */
export function setUpRecipes() {
  const setting = /** @type {Setting} */ (/** @type {unknown} */ ({ ends: [] }));
  before(async () => {
    setting.tools = await toolchains();
    setting.browser = await launchBrowser();
  });
  after(async () => {
    await setting.browser?.close();
    await setting.tools?.close();
  });
  afterEach(async () => {
    for (const end of setting.ends.reverse()) await end();
    setting.ends = [];
  });
  return setting;
}

/**
 * @param {string} toolsFolder
 * @param {string} name
 */
export async function copyOf(toolsFolder, name) {
  const folder = path.join(toolsFolder, `example-${name}`);
  await rm(folder, { recursive: true, force: true });
  const filter = (/** @type {string} */ file) => !/node_modules|\.next|dist$/.test(file);
  await cp(path.join(EXAMPLES, name), folder, { recursive: true, filter });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/**
 * Opens a page, and records its console and its responses.
 * @param {import("playwright-core").Browser} browser
 * @param {string} address
 * @param {{ withClock?: boolean, expected?: RegExp }} [how] `withClock`: a clock that `page.clock` can advance; `expected`:
 * messages that are allowed in the console
 */
export async function open(browser, address, { withClock = false, expected } = {}) {
  const context = await browser.newContext();
  const page = await context.newPage();
  if (withClock) await page.clock.install();
  /** @type {string[]} */
  const problems = [];
  page.on("console", (message) => {
    const text = message.text();
    if (["error", "warning"].includes(message.type()) && !expected?.test(text)) problems.push(text);
  });
  page.on("pageerror", (error) => problems.push(String(error)));
  /** @type {Promise<string>[]} */
  const received = [];
  page.on("response", async (response) => {
    received.push(
      response.text().then(
        (text) => text + JSON.stringify(response.headers()),
        () => "",
      ),
    );
  });
  await page.goto(address);
  return {
    page,
    problems,
    /** Asserts that the console is empty, and that no response holds the key. */
    async close() {
      const all = await Promise.all(received);
      assert.ok(
        all.some((text) => text.includes("finding_sources")),
        "there is something to search",
      );
      for (const text of all) assert.ok(!text.includes(KEY), text.slice(0, 200));
      assert.deepEqual(problems, []);
      await context.close();
    },
  };
}
