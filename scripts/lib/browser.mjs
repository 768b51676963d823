// @ts-check
// Browsers for the tests. A Chromium: one that is there, else Playwright's download, else Debian's package. A Firefox: one
// that is there, else Debian's package. A WebKit: that of Debian's package, which wants a display. What is started with them
// is up to the tests.
import { accessSync, constants, existsSync } from "node:fs";
import path from "node:path";
import { env, inRoot, output, run, say } from "./run.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];

/** Where they are on systems that keep programs off the PATH. */
const USUAL_PLACES = [
  "/usr/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  path.join(
    process.env.PROGRAMFILES ?? "C:\\Program Files",
    "Google\\Chrome\\Application\\chrome.exe",
  ),
];

/** @type {Promise<string> | undefined} */
let found;

/** The path of a Chromium, got from somewhere if there is none. */
export function browserPath() {
  return (found ??= obtain());
}

async function obtain() {
  const own = process.env.CHROME_PATH;
  if (own) {
    if (isProgram(own)) return own;
    throw new Error(`CHROME_PATH is ${own}, where there is no program`);
  }
  const there = installed() ?? (await downloaded());
  if (there) return there;
  const got = (await download()) ?? (await fromDebian(["chromium"], installed));
  if (got) return got;
  throw new Error("No Chromium was found, and none could be got: install one, or set CHROME_PATH");
}

/** The path of a Firefox; undefined where there is none, and none can be got. */
export async function firefoxPath() {
  const own = process.env.FIREFOX_PATH;
  return own ?? installed(FIREFOX) ?? (await fromDebian(["firefox-esr"], () => installed(FIREFOX)));
}

const FIREFOX = ["firefox-esr", "firefox"];

/** Whether there is a WebKit with its driver, and a display for it; false where they cannot be got either. */
export async function hasWebKit() {
  const there = () => installed(["WebKitWebDriver"]) && installed(["Xvfb"]);
  return Boolean(there() ?? (await fromDebian(WEBKIT, there)));
}

const WEBKIT = ["webkit2gtk-driver", "xvfb"];

/**
 * @param {string[]} [names]
 * @param {string[]} [places]
 * @returns {string | undefined}
 */
function installed(names = NAMES, places = names === NAMES ? USUAL_PLACES : []) {
  const folders = (env.PATH ?? "").split(path.delimiter).filter(Boolean);
  const onPath = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  const program = [...onPath, ...places].find(isProgram);
  // Ubuntu's chromium-browser can be a script that only says how to install it.
  if (program && (names !== NAMES || output(program, ["--version"]) !== undefined)) return program;
}

async function downloaded() {
  const { chromium } = await import("playwright-core");
  const program = chromium.executablePath();
  return existsSync(program) ? program : undefined;
}

async function download() {
  say("downloading a Chromium with Playwright");
  const cli = inRoot("node_modules", "playwright-core", "cli.js");
  // Its libraries come from the system's packages, which root alone may install.
  const deps = isDebianRoot() ? ["--with-deps"] : [];
  return attempt(async () => {
    await run(process.execPath, [cli, "install", ...deps, "chromium"]);
    return downloaded();
  });
}

/**
 * @param {string[]} packages
 * @param {() => string | undefined} found
 */
async function fromDebian(packages, found) {
  if (!isDebianRoot()) return undefined;
  say(`installing Debian's ${packages.join(" and ")} with apt-get`);
  const quiet = { env: { ...env, DEBIAN_FRONTEND: "noninteractive" } };
  return attempt(async () => {
    await run("apt-get", ["update", "-qq"], quiet);
    await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], quiet);
    return found();
  });
}

/**
 * @param {() => Promise<string | undefined>} way
 * @returns {Promise<string | undefined>} undefined where it fails: there may be another way
 */
async function attempt(way) {
  try {
    return await way();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

function isDebianRoot() {
  return process.getuid?.() === 0 && existsSync("/etc/debian_version");
}

/** @param {string} file */
function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
