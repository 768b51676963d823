// @ts-check
// The demo page for its tests: built as by `npm run demo`, served on loopback, and opened in Chromium. Records the console
// and all responses to the page.
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

/** Not the root, so that absolute addresses in the page fail. */
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
      /** Every message of the console. @type {string[]} */
      const problems = [];
      page.on("console", (message) => problems.push(message.text()));
      page.on("pageerror", (error) => problems.push(String(error)));
      /** @type {string[]} */
      const requested = [];
      page.on("request", (request) => requested.push(request.url()));
      /** Heads and bodies. @type {Promise<string>[]} */
      const received = [];
      page.on("response", (response) => received.push(textOf(response)));
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
async function textOf(response) {
  const headers = JSON.stringify(await response.allHeaders().catch(() => ({})));
  const body = await response.text().catch(() => "");
  return `${response.url()}\n${headers}\n${body}`;
}

/**
 * The conversation that is shown.
 *
 * @param {Page} page
 */
export function shown(page) {
  return page.locator("#conversations > aiera-chat:not([hidden])");
}

/**
 * A text in the conversation that is shown. The sample answer is hidden once there is a question.
 *
 * @param {Page} page
 * @param {string | RegExp} text
 */
export function visibleText(page, text) {
  return shown(page).getByText(text).filter({ visible: true }).first();
}

/**
 * The composer of the conversation that is shown.
 *
 * @param {Page} page
 */
export function composer(page) {
  return page.getByRole("textbox", { name: "Your question" });
}

/**
 * @param {Page} page
 * @param {string} question
 */
export async function ask(page, question) {
  await composer(page).fill(question);
  await composer(page).press("Enter");
  return shown(page);
}

/**
 * Runs a scenario of "Try a failure".
 *
 * @param {Page} page
 * @param {string} id
 */
export async function tryFailure(page, id) {
  await page.getByRole("button", { name: "Try a failure" }).click();
  await page.locator(`.failure[data-id="${id}"]`).click();
  return shown(page);
}

/**
 * Resolves with the status of the conversation that is shown, after the end of its call.
 *
 * @param {Page} page
 * @returns {Promise<"ready" | "error">}
 */
export async function settled(page) {
  const handle = await page.waitForFunction(
    () => {
      const chat = /** @type {any} */ (
        document.querySelector("#conversations > aiera-chat:not([hidden])")
      );
      return ["ready", "error"].includes(chat?.status) && chat.status;
    },
    undefined,
    { timeout: 20_000 },
  );
  return handle.jsonValue();
}

/**
 * The facts below the composer of the conversation that is shown.
 *
 * @param {Page} page
 */
export async function facts(page) {
  return String(await shown(page).locator("> .footer").textContent());
}

/**
 * Opens a tab of the drawer.
 *
 * @param {Page} page
 * @param {"Polls" | "Wire" | "Code"} name
 */
export async function openTab(page, name) {
  const toggle = page.locator("#drawer-toggle");
  if ((await toggle.getAttribute("aria-expanded")) === "false") await toggle.click();
  await page.getByRole("tab", { name, exact: true }).click();
  return page.getByRole("tabpanel", { name, exact: true });
}

/**
 * A field of the error in the drawer.
 *
 * @param {Page} page
 * @param {string} name
 */
export async function errorField(page, name) {
  const value = page.locator(`.error-details dt:text-is("${name}") + dd`);
  return (await value.count()) > 0 ? value.textContent() : undefined;
}
