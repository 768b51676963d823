// @ts-check
// The packed package in bundlers with their default configuration, each result run: pages in Chromium, scripts in Node.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { createMockApi } from "../../pkg/testing.mjs";
import { serve } from "../../pkg/testing-node.mjs";
import { launchBrowser } from "../support/browser.mjs";
import { run } from "../support/packed.mjs";
import { toolchains } from "../support/toolchains.mjs";
import { ANSWER, MOCK } from "./conversation.mjs";

const TYPES = /** @type {Record<string, string>} */ ({
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
});

describe("bundlers and pages", () => {
  /** @type {Awaited<ReturnType<typeof toolchains>>} */
  let tools;
  /** @type {Awaited<ReturnType<typeof serve>>} */
  let api;
  /** @type {import("playwright-core").Browser} */
  let browser;

  before(async () => {
    tools = await toolchains();
    api = await serve(createMockApi(MOCK), { port: 0, cors: true });
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await api?.close();
    await tools?.close();
  });

  /**
   * Opens a page that asks, and waits for its output.
   * @param {string} address
   */
  async function answerAt(address) {
    const page = await browser.newPage();
    /** @type {string[]} */
    const complaints = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    const url = new URL(address);
    url.searchParams.set("api", api.url);
    await page.goto(url.href);
    await page
      .waitForFunction(() => document.title && document.title !== "Asking", undefined, {
        timeout: 20_000,
      })
      .catch((error) => {
        throw new Error(`${error.message}\n${complaints.join("\n")}`);
      });
    assert.deepEqual(complaints, []);
    const title = await page.title();
    await page.close();
    return title;
  }

  /**
   * The same for a folder of built files.
   * @param {string} folder
   * @param {string} [file]
   */
  async function answerIn(folder, file = "index.html") {
    const server = createServer(async (request, response) => {
      const { pathname } = new URL(request.url ?? "/", "http://localhost");
      try {
        const body = await readFile(path.join(folder, decodeURIComponent(pathname)));
        response.setHeader(
          "Content-Type",
          TYPES[path.extname(pathname)] ?? "application/octet-stream",
        );
        response.end(body);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    try {
      return await answerAt(`http://127.0.0.1:${port}/${file}`);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  /**
   * The output of a built script in Node.
   * @param {string} file
   */
  async function answerOf(file) {
    const { stdout } = await run(process.execPath, [file], {
      cwd: path.dirname(file),
      env: { AIERA_BASE_URL: api.url },
    });
    return stdout.trim();
  }

  test("the package works in a static page without tools", async () => {
    const cwd = await tools.consumer("page");
    await run("cp", ["-r", path.join(tools.folder, "node_modules", "aiera-chat"), cwd], { cwd });
    for (const file of [
      "index.html",
      "import-map.html",
      "module-worker.html",
      "service-worker.html",
    ]) {
      assert.equal(await answerIn(cwd, file), ANSWER, file);
    }
  });

  test("the package works in Vite's dev server and build", async () => {
    const cwd = await tools.consumer("vite");
    const addressPattern = /Local:\s+(http:\S+)/;
    const dev = await tools.serve("vite", ["--port", "0", "--host", "127.0.0.1"], {
      cwd,
      addressPattern,
    });
    assert.equal(await answerAt(dev.address), ANSWER);
    await dev.stop();
    await tools.run("vite", ["build", "--logLevel", "error"], { cwd });
    const preview = await tools.serve("vite", ["preview", "--port", "0", "--host", "127.0.0.1"], {
      cwd,
      addressPattern,
    });
    assert.equal(await answerAt(preview.address), ANSWER);
    await preview.stop();
  });

  for (const mode of ["development", "production"]) {
    test(`the package works in webpack (${mode}) for the web and for Node`, async () => {
      const web = await tools.consumer("webpack");
      await tools.run("webpack", ["--mode", mode], { cwd: web });
      await run("cp", ["index.html", "dist/"], { cwd: web });
      assert.equal(await answerIn(path.join(web, "dist")), ANSWER);
      const node = await tools.consumer("webpack-node");
      await tools.run("webpack", ["--mode", mode, "--target", "node"], { cwd: node });
      assert.equal(await answerOf(path.join(node, "dist", "main.js")), ANSWER);
    });
  }

  test("the package works in Rollup for the web and for Node", async () => {
    const cwd = await tools.consumer("rollup");
    const options = ["-p", "@rollup/plugin-node-resolve", "--silent", "--dir", "dist"];
    await tools.run("rollup", ["main.js", "--format", "es", ...options], { cwd });
    await run("cp", ["index.html", "dist/"], { cwd });
    assert.equal(await answerIn(path.join(cwd, "dist")), ANSWER);
    await tools.run(
      "rollup",
      ["node.js", "--format", "cjs", "--entryFileNames", "[name].cjs", ...options],
      { cwd },
    );
    assert.equal(await answerOf(path.join(cwd, "dist", "node.cjs")), ANSWER);
  });

  test("the package works in esbuild for the web, and for Node as ESM and as CommonJS", async () => {
    const cwd = await tools.consumer("esbuild");
    const options = ["--bundle", "--minify", "--log-level=warning"];
    await tools.run("esbuild", ["page.js", "--outdir=dist", ...options], { cwd });
    await run("cp", ["index.html", "dist/"], { cwd });
    assert.equal(await answerIn(path.join(cwd, "dist")), ANSWER);
    for (const [format, file] of [
      ["esm", "node.mjs"],
      ["cjs", "node.cjs"],
    ]) {
      await tools.run(
        "esbuild",
        ["node.js", "--platform=node", `--format=${format}`, `--outfile=dist/${file}`, ...options],
        { cwd },
      );
      assert.equal(await answerOf(path.join(cwd, "dist", file)), ANSWER, format);
    }
  });

  test("the package works in Parcel", async () => {
    const cwd = await tools.consumer("parcel");
    await tools.run(
      "parcel",
      ["build", "index.html", "--no-cache", "--dist-dir", "dist", "--log-level", "error"],
      { cwd },
    );
    assert.equal(await answerIn(path.join(cwd, "dist")), ANSWER);
  });
});
