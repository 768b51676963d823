// @ts-check
// An unmodified headless Firefox for tests, driven by its WebDriver BiDi.
import puppeteer from "puppeteer-core";
import { firefoxPath } from "../../scripts/lib/browser.mjs";

/** Undefined if Firefox can neither be found nor downloaded, which tests then report. */
export async function launchFirefox() {
  const executablePath = await firefoxPath();
  if (!executablePath) return undefined;
  const extraPrefsFirefox = {
    // Firefox must not call home: all network traffic during a test is the test's.
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
