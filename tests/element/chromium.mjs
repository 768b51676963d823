// @ts-check
// The element in Chromium, for tests of its accessibility tree, styles and layout shifts.
import { launchBrowser } from "../support/browser.mjs";
import { startSite, until } from "./site.mjs";

/** @typedef {import("playwright-core").Page} Page */

export async function startChromium() {
  const [site, browser] = await Promise.all([startSite(), launchBrowser()]);
  return {
    site,
    /**
     * A page with the element, its errors, and its requests to other origins.
     *
     * @param {string} body
     * @param {import("playwright-core").BrowserContextOptions & NonNullable<Parameters<typeof site.addPage>[1]>} [options]
     */
    async open(body, { csp, script, lang, isBare, ...contextOptions } = {}) {
      const context = await browser.newContext({
        viewport: { width: 1200, height: 800 },
        reducedMotion: "reduce",
        ...contextOptions,
      });
      const page = await context.newPage();
      /** @type {string[]} */
      const problems = [];
      /** @type {string[]} */
      const elsewhere = [];
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) problems.push(message.text());
      });
      page.on("pageerror", (error) => problems.push(String(error)));
      page.on("request", (request) => {
        const url = request.url();
        if (!url.startsWith(site.origin) && !url.startsWith("data:")) elsewhere.push(url);
      });
      await page.goto(site.addPage(body, { csp, script, lang, isBare }));
      await until(async () => (await page.title()) === "ready", "the page is ready");
      const violations = () => page.evaluate("violations");
      return { page, problems, elsewhere, violations };
    },
    async close() {
      await browser.close();
      await site.close();
    },
  };
}

/**
 * @param {Page} page
 * @param {string} prompt
 */
export async function ask(page, prompt) {
  await page.getByRole("textbox").fill(prompt);
  await page.keyboard.press("Enter");
}

/**
 * @param {Page} page
 * @param {string} status
 */
export async function reached(page, status) {
  await until(
    () =>
      page.evaluate(`document.querySelector("aiera-chat").status === ${JSON.stringify(status)}`),
    `status ${status}`,
  );
}
