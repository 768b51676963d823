// @ts-check
// A headless Chromium for tests that need a real page. Which one, and where it is from, is up to scripts/lib/browser.mjs.
import { chromium } from "playwright-core";
import { browserPath } from "../../scripts/lib/browser.mjs";

/** It must not call home: what is on the network during a test is the test's own. */
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
