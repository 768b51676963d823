// @ts-check
// A headless Chromium for tests that need a real page. scripts/lib/browser.mjs finds or downloads it.
import { chromium } from "playwright-core";
import { browserPath } from "../../scripts/lib/browser.mjs";

/** The browser must not call home: all network traffic during a test is the test's. */
export const FLAGS = [
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** @returns {Promise<import("playwright-core").Browser>} */
export async function launchBrowser() {
  // Chromium refuses to run its sandbox as root.
  const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: await browserPath(), args: [...FLAGS, ...asRoot] });
}
