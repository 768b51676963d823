// @ts-check
// The tests of the compiled module, run by wasm-bindgen's runner: on Node, and in Chromium, which Playwright drives, so that
// no driver of the browser's own version is needed.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { launchBrowser } from "../../tests/support/browser.mjs";
import { env, root, run } from "./run.mjs";

const TEST = ["test", "--locked", "--target", "wasm32-unknown-unknown", "--test", "wasm"];
const RUNNER = { ...env, CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: "wasm-bindgen-test-runner" };

/** The runner's own last line. */
const SUMMARY = /test result: (ok|FAILED)\..*/;

export async function runWasmTests() {
  await run("cargo", TEST, { env: RUNNER });
  await inChromium();
}

async function inChromium() {
  const address = `127.0.0.1:${await freePort()}`;
  const server = spawn("cargo", TEST, {
    cwd: root,
    stdio: "ignore",
    // A group of its own, since the runner is cargo's child.
    detached: true,
    env: {
      ...RUNNER,
      NO_HEADLESS: "1",
      WASM_BINDGEN_USE_BROWSER: "1",
      WASM_BINDGEN_TEST_ADDRESS: address,
    },
  });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const url = `http://${address}/`;
    for (let tries = 0; !(await page.goto(url).catch(() => null)); tries++) {
      if (tries > 600 || server.exitCode !== null)
        throw new Error("the test runner does not serve its page");
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const output = page.locator("#output");
    await output.filter({ hasText: SUMMARY }).waitFor({ timeout: 60_000 });
    const text = (await output.textContent()) ?? "";
    console.log(text);
    if (SUMMARY.exec(text)?.[1] !== "ok") throw new Error("WebAssembly tests failed in Chromium");
  } finally {
    await browser.close();
    if (server.pid) process.kill(-server.pid);
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}
