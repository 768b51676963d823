// @ts-check
// Finds or installs browsers for the tests. Chromium: installed, else Playwright's download, else Debian's package. Firefox:
// installed, else Debian's package. WebKit: Debian's package, which needs a display.
import { existsSync } from "node:fs";
import path from "node:path";
import { fromDebian, installed, isDebianRoot, isProgram } from "./debian.mjs";
import { inRoot, output, run, say } from "./run.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];

/** Paths on systems that keep programs off the PATH. */
const DEFAULT_PATHS = [
  "/usr/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  path.join(
    process.env.PROGRAMFILES ?? "C:\\Program Files",
    "Google\\Chrome\\Application\\chrome.exe",
  ),
];

/** @type {Promise<string> | undefined} */
let chromiumPath;

/** The path of a Chromium. Installs one if there is none. */
export function browserPath() {
  return (chromiumPath ??= findOrInstall());
}

async function findOrInstall() {
  const configured = process.env.CHROME_PATH;
  if (configured) {
    if (isProgram(configured)) return configured;
    throw new Error(`CHROME_PATH is ${configured}, which is not a program`);
  }
  const program =
    findChromium() ??
    (await findDownload()) ??
    (await download()) ??
    (await fromDebian(["chromium"], findChromium));
  if (program) return program;
  throw new Error(
    "No Chromium was found, and it could not be installed: install one, or set CHROME_PATH",
  );
}

/** The path of a Firefox. Installs one if there is none; undefined if that fails. */
export async function firefoxPath() {
  const find = () => installed(FIREFOX);
  return process.env.FIREFOX_PATH ?? find() ?? (await fromDebian(["firefox-esr"], find));
}

const FIREFOX = ["firefox-esr", "firefox"];

/** Whether there is a WebKit with its driver and a display. Installs them if they are missing; false if that fails. */
export async function hasWebKit() {
  const find = () => installed(["WebKitWebDriver"]) && installed(["Xvfb"]);
  return Boolean(find() ?? (await fromDebian(WEBKIT, find)));
}

const WEBKIT = ["webkit2gtk-driver", "xvfb"];

/** The path of an installed Chromium. */
function findChromium() {
  const program = installed(NAMES, [], DEFAULT_PATHS);
  // Ubuntu's chromium-browser can be a script that only prints how to install the browser.
  if (program && output(program, ["--version"]) !== undefined) return program;
}

async function findDownload() {
  const { chromium } = await import("playwright-core");
  const program = chromium.executablePath();
  return existsSync(program) ? program : undefined;
}

async function download() {
  say("downloading a Chromium with Playwright");
  const cli = inRoot("node_modules", "playwright-core", "cli.js");
  // Only root can install its libraries.
  const deps = isDebianRoot() ? ["--with-deps"] : [];
  try {
    await run(process.execPath, [cli, "install", ...deps, "chromium"]);
    return await findDownload();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}
