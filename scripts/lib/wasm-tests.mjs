// @ts-check
// Runs tests/wasm on Node, in Chromium, Firefox and WebKit. In browsers, the runner only serves the page: the drivers of the
// other tests open it, so that no WebDriver of a matching version is needed.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { launchBrowser } from "../../tests/support/browser.mjs";
import { launchFirefox } from "../../tests/support/firefox.mjs";
import { launchWebKit } from "../../tests/support/webkit.mjs";
import { env, output, root, run, say } from "./run.mjs";

const TARGET = "wasm32-unknown-unknown";
const TEST = "wasm";
const RUNNER = "wasm-bindgen-test-runner";
const PATIENCE_MS = 120_000;

/** Rejects if a test fails. */
export async function runWasmTests() {
  const module = await buildTests();
  say("on Node");
  await run(RUNNER, [module]);
  for (const [name, launch] of Object.entries({
    Chromium: launchBrowser,
    Firefox: launchFirefox,
    WebKit: launchWebKit,
  })) {
    say(`in ${name}`);
    const browser = await launch();
    if (browser) await inBrowser(module, name, browser);
    else say(`not run: there is no ${name} here, and it could not be installed`);
  }
}

/** The path of the module with the tests. */
async function buildTests() {
  const build = ["test", "--locked", "--target", TARGET, "--test", TEST, "--no-run"];
  await run("cargo", build);
  // A second run, without compilation, prints the path.
  const messages = output("cargo", [...build, "--quiet", "--message-format=json"]) ?? "";
  const artifacts = messages.split("\n").flatMap((line) => (line ? [JSON.parse(line)] : []));
  const built = artifacts.find(({ target, executable }) => target?.name === TEST && executable);
  if (!built) throw new Error(`cargo built no module from tests/${TEST}.rs`);
  return /** @type {string} */ (built.executable);
}

/** @typedef {NonNullable<Awaited<ReturnType<typeof launchBrowser | typeof launchFirefox | typeof launchWebKit>>>} Browser */

/**
 * @param {string} module
 * @param {string} name
 * @param {Browser} browser closed at the end
 */
async function inBrowser(module, name, browser) {
  // The runner is killed before it cleans up, so it gets a temporary folder.
  const folder = await mkdtemp(path.join(tmpdir(), "aiera-chat-wasm-"));
  const runner = spawn(RUNNER, [module], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...env,
      ...{ TMPDIR: folder, TMP: folder, TEMP: folder },
      NO_HEADLESS: "1",
      WASM_BINDGEN_USE_BROWSER: "1",
      WASM_BINDGEN_TEST_ADDRESS: "127.0.0.1:0",
    },
  });
  const ended = new Promise((resolve) => runner.once("close", resolve));
  try {
    const results = await resultsOf(await address(runner), name, browser);
    console.log(results);
    if (!/^test result: ok\. [1-9]/m.test(results))
      throw new Error(`WebAssembly tests failed in ${name}`);
  } finally {
    await browser.close();
    runner.kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The address of the runner's page.
 * @param {import("node:child_process").ChildProcessByStdio<null, import("node:stream").Readable, null>} runner
 * @returns {Promise<string>}
 */
function address(runner) {
  return new Promise((resolve, reject) => {
    runner.once("error", reject);
    runner.once("close", (code) => reject(new Error(`${RUNNER} ended early (${code})`)));
    createInterface(runner.stdout).on("line", (line) => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(line);
      if (found) resolve(found[0]);
    });
  });
}

/**
 * The final output of the page.
 * @param {string} url
 * @param {string} name
 * @param {Browser} browser
 */
async function resultsOf(url, name, browser) {
  const page = /** @type {import("playwright-core").Page} */ (await browser.newPage());
  /** @type {string[]} */
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(url);
  const text = async () =>
    String(await page.evaluate("document.querySelector('#output').innerText"));
  const deadline = Date.now() + PATIENCE_MS;
  while (!/^test result: /m.test(await text())) {
    if (Date.now() > deadline) {
      throw new Error([`The tests in ${name} did not finish.`, await text(), ...errors].join("\n"));
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return (await text()).trim();
}
