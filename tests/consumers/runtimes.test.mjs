// @ts-check
// The packed package in runtimes other than Node, and in test runners, without configuration.
import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { createMockApi } from "../../pkg/testing.mjs";
import { serve } from "../../pkg/testing-node.mjs";
import { toolchains } from "../support/toolchains.mjs";
import { ANSWER, MOCK } from "./conversation.mjs";

describe("runtimes and test runners", () => {
  /** @type {Awaited<ReturnType<typeof toolchains>>} */
  let tools;
  /** @type {Awaited<ReturnType<typeof serve>>} */
  let api;
  /** @type {Record<string, string>} */
  let env;

  before(async () => {
    tools = await toolchains();
    api = await serve(createMockApi(MOCK), { port: 0, cors: true });
    env = { AIERA_BASE_URL: api.url };
  });
  after(async () => {
    await api?.close();
    await tools?.close();
  });

  test("the package works in Deno", async () => {
    const cwd = await tools.consumer("runtimes");
    const args = [
      "run",
      "--quiet",
      "--no-remote",
      "--node-modules-dir=manual",
      "--allow-env",
      "--allow-net",
      "ask.mjs",
    ];
    assert.equal(await tools.run("deno", args, { cwd, env }), ANSWER);
  });

  test("the package works in Bun", async () => {
    const cwd = await tools.consumer("runtimes");
    assert.equal(await tools.run("bun", ["run", "ask.mjs"], { cwd, env }), ANSWER);
  });

  test("the package works in Cloudflare's workerd", async () => {
    const cwd = await tools.consumer("workerd");
    // A bundle as by wrangler: with its conditions, and with WebAssembly as an external import.
    const conditions = ["workerd", "worker", "browser"].join(",");
    const options = [
      "--bundle",
      "--format=esm",
      "--outdir=out",
      `--conditions=${conditions}`,
      "--external:*.wasm",
      "--log-level=warning",
    ];
    await tools.run("esbuild", ["worker.js", ...options], { cwd });
    await cp(
      path.join(tools.folder, "node_modules", "aiera-chat", "aiera_chat_bg.wasm"),
      path.join(cwd, "out", "aiera_chat_bg.wasm"),
    );
    const worker = await tools.serve("workerd", ["serve", "config.capnp", "--control-fd=3"], {
      cwd,
      env,
      control: true,
      addressPattern: /"port":(\d+)/,
    });
    const answer = await fetch(`http://127.0.0.1:${worker.address}/`);
    assert.equal(await answer.text(), ANSWER);
    await worker.stop();
  });

  for (const environment of ["node", "jsdom", "happy-dom"]) {
    test(`the package works in Vitest (${environment})`, async () => {
      const cwd = await tools.consumer("vitest");
      const output = await tools.run(
        "vitest",
        ["run", "--environment", environment, "--reporter=json"],
        { cwd, env },
      );
      const { numPassedTests, numTotalTests } = JSON.parse(output.slice(output.indexOf("{")));
      assert.deepEqual([numPassedTests, numTotalTests], [2, 2]);
    });
  }

  for (const [environment, passed] of /** @type {const} */ ([
    ["node", 4],
    ["jsdom", 3],
  ])) {
    test(`the package works in Jest (${environment})`, async () => {
      const cwd = await tools.consumer("jest");
      const output = await tools.run("jest", ["--json", "--rootDir", ".", "--env", environment], {
        cwd,
        env,
      });
      const { numPassedTests, numFailedTests } = JSON.parse(output.slice(output.indexOf("{")));
      assert.deepEqual([numPassedTests, numFailedTests], [passed, 0]);
    });
  }
});
