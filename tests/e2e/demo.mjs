// @ts-check
// The demo page for the tests of it: built as `npm run demo` does, served on loopback, opened in a real Chromium, with an
// ear on its console and on everything that it receives.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildDemo } from "../../scripts/demo.mjs";
import { serveDemo } from "../../scripts/lib/serve-demo.mjs";
import { launchBrowser } from "../support/browser.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").Locator} Locator */

export const SCREENSHOTS = fileURLToPath(new URL("../../test-results/", import.meta.url));

export const WIDE = { width: 1440, height: 1000 };
export const PHONE = { width: 390, height: 844 };

/** From a path that is not the root: a page that asks for anything absolute is found out. */
const AT = "/some/where/";

/** @param {{ api?: { apiKey: string, baseUrl: string } }} [options] */
export async function startDemo({ api } = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), "aiera-chat-demo-"));
  const [browser] = await Promise.all([launchBrowser(), buildDemo(folder)]);
  const server = await serveDemo({ folder, at: AT, api });

  return {
    url: server.url,
    /** @param {import("playwright-core").BrowserContextOptions} [options] */
    async open(options) {
      const context = await browser.newContext({ viewport: WIDE, ...options });
      const page = await context.newPage();
      /** What the console says that it should not. @type {string[]} */
      const problems = [];
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning")
          problems.push(message.text());
      });
      page.on("pageerror", (error) => problems.push(String(error)));
      /** @type {string[]} */
      const requested = [];
      page.on("request", (request) => requested.push(request.url()));
      /** Heads and bodies. @type {Promise<string>[]} */
      const received = [];
      page.on("response", (response) => received.push(wholeOf(response)));
      await page.goto(server.url);
      return { page, problems, requested, received };
    },
    async close() {
      await browser.close();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @param {import("playwright-core").Response} response */
async function wholeOf(response) {
  const headers = JSON.stringify(await response.allHeaders().catch(() => ({})));
  const body = await response.text().catch(() => "");
  return `${response.url()}\n${headers}\n${body}`;
}

/**
 * Presses Ask, and gives the session that is shown then.
 * @param {Page} page
 * @param {string} [failure]
 */
export async function ask(page, failure = "") {
  await page.getByLabel("How it goes").selectOption(failure);
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  return shown(page);
}

/**
 * The session that is shown, whichever is shown later.
 * @param {Page} page
 * @returns {Promise<Locator>}
 */
export async function shown(page) {
  const id = await page.locator(".run:not([hidden]) h2").getAttribute("id");
  return page.locator(`.run:has(#${id})`);
}

/**
 * @param {Locator} run
 * @returns {Promise<string | null>} how it ended
 */
export async function settled(run) {
  const over = run.and(run.page().locator('[data-state="done"], [data-state="failed"]'));
  await over.waitFor({ state: "attached", timeout: 20_000 });
  return run.getAttribute("data-state");
}

/**
 * A field of the error that a session shows.
 * @param {Locator} run
 * @param {string} name
 */
export async function errorField(run, name) {
  const value = run.locator(`.fields dt:text-is("${name}") + dd`);
  return (await value.count()) > 0 ? value.textContent() : undefined;
}
