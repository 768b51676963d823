// @ts-check
// A headless Firefox for tests, as it comes: driven by WebDriver BiDi, which it speaks itself.
import puppeteer from "puppeteer-core";
import { firefoxPath } from "../../scripts/lib/browser.mjs";

/** Where it can neither be found nor got, undefined: tests say so then. */
export async function launchFirefox() {
  const executablePath = await firefoxPath();
  if (!executablePath) return undefined;
  const extraPrefsFirefox = {
    // It must not call home: what is on the network during a test is the test's own.
    "app.update.enabled": false,
    "browser.safebrowsing.malware.enabled": false,
    "captivedetect.canonicalURL": "",
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
  };
  return puppeteer.launch({
    browser: "firefox",
    executablePath,
    headless: true,
    extraPrefsFirefox,
  });
}
