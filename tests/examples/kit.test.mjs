// @ts-check
// The test kit in other test tools: as a handler of Mock Service Worker, and under the fake timers of Vitest, Jest and Sinon,
// which shorten a ten-minute wait to moments.
import assert from "node:assert/strict";
import { cp, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, test } from "node:test";
import { run } from "../support/packed.mjs";
import { toolchains } from "../support/toolchains.mjs";

describe("test kit", () => {
  /** @type {Awaited<ReturnType<typeof toolchains>>} */
  let tools;
  let cwd = "";

  before(async () => {
    tools = await toolchains();
    cwd = path.join(tools.folder, "example-kit");
    await rm(cwd, { recursive: true, force: true });
    await cp(fileURLToPath(new URL("kit", import.meta.url)), cwd, { recursive: true });
  });
  after(async () => {
    if (cwd) await rm(cwd, { recursive: true, force: true });
    await tools?.close();
  });

  /** Far from the ten minutes that the mock takes, and long enough for any machine. */
  const LIMIT_MS = 120_000;
  const TIMEOUT = `--testTimeout=${LIMIT_MS}`;

  /**
   * The time of the only test in a Jest-like report, which must have passed.
   * @param {string} output
   */
  function passedIn(output) {
    const report = JSON.parse(output.slice(output.indexOf("{")));
    assert.deepEqual([report.numPassedTests, report.numTotalTests], [1, 1]);
    return report.testResults[0].assertionResults[0].duration;
  }

  test("the mock works in Mock Service Worker", async () => {
    const { stdout } = await run(process.execPath, ["msw.mjs"], { cwd });
    assert.equal(stdout.trim(), "answered");
  });

  test("the mock works with Vitest's fake timers", async () => {
    const args = ["run", "--root", ".", "--reporter=json", TIMEOUT, "vitest.test.mjs"];
    assert.ok(passedIn(await tools.run("vitest", args, { cwd })) < LIMIT_MS);
  });

  test("the mock works with Jest's fake timers", async () => {
    const args = ["--json", "--rootDir", ".", TIMEOUT, "--testRegex", "jest\\.test\\.cjs$"];
    assert.ok(passedIn(await tools.run("jest", args, { cwd })) < LIMIT_MS);
  });

  test("the mock works with Sinon's fake timers", async () => {
    const { stdout } = await run(process.execPath, ["sinon.mjs"], { cwd });
    assert.equal(stdout.trim(), "ten minutes");
  });
});
