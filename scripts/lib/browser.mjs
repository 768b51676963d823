// @ts-check
// Finds or installs browsers for the tests. Chromium: installed, else Playwright's download, else Debian's package. Firefox:
// installed, else Debian's package. WebKit: Debian's package, which needs a display.
import { accessSync, constants, existsSync } from "node:fs";
import path from "node:path";
import { env, inRoot, output, run, say } from "./run.mjs";

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
    findProgram() ??
    (await findDownload()) ??
    (await download()) ??
    (await installFromDebian(["chromium"], findProgram));
  if (program) return program;
  throw new Error(
    "No Chromium was found, and it could not be installed: install one, or set CHROME_PATH",
  );
}

/** The path of a Firefox. Installs one if there is none; undefined if that fails. */
export async function firefoxPath() {
  const find = () => findProgram(FIREFOX);
  return process.env.FIREFOX_PATH ?? find() ?? (await installFromDebian(["firefox-esr"], find));
}

const FIREFOX = ["firefox-esr", "firefox"];

/** Whether there is a WebKit with its driver and a display. Installs them if they are missing; false if that fails. */
export async function hasWebKit() {
  const find = () => findProgram(["WebKitWebDriver"]) && findProgram(["Xvfb"]);
  return Boolean(find() ?? (await installFromDebian(WEBKIT, find)));
}

const WEBKIT = ["webkit2gtk-driver", "xvfb"];

/**
 * The path of the first program with one of these names, on the PATH or at one of these paths.
 * @param {string[]} [names]
 * @param {string[]} [paths]
 * @returns {string | undefined}
 */
function findProgram(names = NAMES, paths = names === NAMES ? DEFAULT_PATHS : []) {
  const folders = (env.PATH ?? "").split(path.delimiter).filter(Boolean);
  const onPath = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  const program = [...onPath, ...paths].find(isProgram);
  // Ubuntu's chromium-browser can be a script that only prints how to install the browser.
  if (program && (names !== NAMES || output(program, ["--version"]) !== undefined)) return program;
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
  return attempt(async () => {
    await run(process.execPath, [cli, "install", ...deps, "chromium"]);
    return findDownload();
  });
}

/**
 * Installs Debian packages. Does nothing on other systems, or without root privileges.
 * @param {string[]} packages
 * @param {() => string | undefined} find finds the installed program
 */
async function installFromDebian(packages, find) {
  if (!isDebianRoot()) return undefined;
  say(`installing Debian's ${packages.join(" and ")} with apt-get`);
  const quiet = { env: { ...env, DEBIAN_FRONTEND: "noninteractive" } };
  return attempt(async () => {
    await run("apt-get", ["update", "-qq"], quiet);
    await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], quiet);
    return find();
  });
}

/**
 * Returns undefined if an installation fails, so that the caller can try another one.
 * @param {() => Promise<string | undefined>} install
 * @returns {Promise<string | undefined>}
 */
async function attempt(install) {
  try {
    return await install();
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
