// @ts-check
// The packed package in a browser extension: in its popup, whose origin is not a web address, in its service worker, and in a
// content script, on pages that allow WebAssembly and on one that forbids it.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { chromium } from "playwright-core";
import { browserPath } from "../../scripts/lib/browser.mjs";
import { toNodeListener } from "../../pkg/proxy-node.mjs";
import { createMockApi } from "../../pkg/testing.mjs";
import { FLAGS } from "../support/browser.mjs";
import { remove, temporary } from "../support/packed.mjs";
import { toolchains } from "../support/toolchains.mjs";
import { ANSWER, MOCK } from "./conversation.mjs";

const KEY = "extension-key-0123456789";

describe("a browser extension", () => {
  /** @type {Awaited<ReturnType<typeof toolchains>>} */
  let tools;
  /** @type {import("playwright-core").BrowserContext} */
  let browser;
  /** The extension's origin; undefined if this browser loads no extension. @type {string | undefined} */
  let extension;
  let profile = "";
  let origin = "";
  const mock = createMockApi(MOCK);
  const api = toNodeListener(mock.handler);
  // A page with the policy in its address, and the API on its origin.
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    if (pathname.startsWith("/api/")) return api(request, response);
    const policy = searchParams.get("policy");
    if (policy) response.setHeader("Content-Security-Policy", policy);
    response.setHeader("Content-Type", "text/html");
    response.end("<!doctype html><title></title>");
  });

  before(async () => {
    tools = await toolchains();
    await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    origin = `http://127.0.0.1:${port}`;
    const cwd = await tools.consumer("extension");
    const api = JSON.stringify(`${origin}/api`);
    const defined = [`--define:__API__=${api}`, `--define:__KEY__=${JSON.stringify(KEY)}`];
    const options = ["--bundle", "--format=iife", "--outdir=out", "--log-level=warning"];
    const scripts = ["background.js", "popup.js", "content.js"];
    await tools.run("esbuild", [...scripts, ...defined, ...options], { cwd });

    profile = await temporary("profile");
    const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    const only = [`--load-extension=${cwd}`, `--disable-extensions-except=${cwd}`];
    browser = await chromium.launchPersistentContext(profile, {
      executablePath: await browserPath(),
      args: [...FLAGS, ...asRoot, ...only],
    });
    const worker =
      browser.serviceWorkers()[0] ??
      (await browser.waitForEvent("serviceworker", { timeout: 10_000 }).catch(() => undefined));
    // In Node, the URL of such an address has no origin.
    extension = worker && new URL("/", worker.url()).href.slice(0, -1);
  });
  after(async () => {
    await browser?.close();
    if (profile) await remove(profile);
    server.closeAllConnections();
    server.close();
    await tools?.close();
  });

  /**
   * The title that a page sets.
   * @param {string} url
   */
  async function titleOf(url) {
    const page = await browser.newPage();
    await page.goto(url);
    await page.waitForFunction(() => document.title !== "", undefined, { timeout: 20_000 });
    const title = await page.title();
    await page.close();
    return title;
  }

  test("the popup asks through a path on its own origin, and the service worker with its key", async (t) => {
    if (!extension) return t.skip("this browser loads no extension from a folder");
    const before = mock.requests.length;
    const { origin, own, background, foreign } = JSON.parse(
      await titleOf(`${extension}/popup.html`),
    );
    assert.match(origin, /^chrome-extension:\/\/\w+$/);
    assert.equal(own, ANSWER);
    assert.equal(background, ANSWER);
    assert.match(foreign, /^invalid_argument: .*baseUrl/);
    for (const { headers } of mock.requests.slice(before)) assert.equal(headers["x-api-key"], KEY);
  });

  test("the error names a policy of the extension's page that forbids WebAssembly", async (t) => {
    if (!extension) return t.skip("this browser loads no extension from a folder");
    const { own, background } = JSON.parse(await titleOf(`${extension}/strict.html`));
    assert.match(own, /^wasm_unavailable: .*'wasm-unsafe-eval'.*script-src/);
    assert.equal(background, ANSWER, "the policy applies to that page only");
  });

  for (const policy of ["", "script-src 'self' 'wasm-unsafe-eval'"]) {
    test(`a content script asks on a page with the policy "${policy}"`, async (t) => {
      if (!extension) return t.skip("this browser loads no extension from a folder");
      assert.equal(await titleOf(`${origin}/?policy=${encodeURIComponent(policy)}`), ANSWER);
    });
  }

  test("the error of a content script names the page's policy if it forbids WebAssembly", async (t) => {
    if (!extension) return t.skip("this browser loads no extension from a folder");
    const before = mock.requests.length;
    const title = await titleOf(`${origin}/?policy=${encodeURIComponent("script-src 'self'")}`);
    assert.match(title, /^wasm_unavailable: /);
    assert.match(title, /script-src/);
    assert.match(title, /'wasm-unsafe-eval'/);
    assert.match(title, /page's (own )?(content security )?policy/i);
    assert.equal(mock.requests.length, before, "nothing was sent");
  });
});
