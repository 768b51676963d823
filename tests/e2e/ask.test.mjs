// @ts-check
// examples/ask.mjs as a program: its output and its exit codes.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createMockApi } from "../../pkg/testing.mjs";
import { serve } from "../../pkg/testing-node.mjs";

const PROGRAM = fileURLToPath(new URL("../../examples/ask.mjs", import.meta.url));
const KEY = "a-key-of-the-test";

/**
 * @param {string[]} args
 * @param {Record<string, string | undefined>} [env]
 * @param {{ interruptAt?: RegExp }} [options]
 * @returns {Promise<{ code: number | null, out: string, err: string }>}
 */
function run(args, env = {}, { interruptAt } = {}) {
  return new Promise((resolve, reject) => {
    const clean = { ...process.env, AIERA_API_KEY: undefined, AIERA_BASE_URL: undefined };
    const child = spawn(process.execPath, [PROGRAM, ...args], { env: { ...clean, ...env } });
    let [out, err] = ["", ""];
    let interrupted = false;
    child.stdout.on("data", (data) => (out += data));
    child.stderr.on("data", (data) => {
      err += data;
      // Once, since a second one would kill it.
      if (!interrupted && interruptAt?.test(err)) interrupted = child.kill("SIGINT");
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
}

describe("examples/ask.mjs", { concurrency: 4 }, () => {
  const mock = createMockApi({ apiKey: KEY, polls: 1, answer: "Forty-two, they say." });
  /** @type {Awaited<ReturnType<typeof serve>>} */
  let api;
  before(async () => {
    api = await serve(mock);
  });
  after(async () => {
    await api?.close();
  });

  test("ask.mjs prints the answer on stdout, and the progress on stderr", async () => {
    const env = { AIERA_API_KEY: KEY, AIERA_BASE_URL: api.url };
    const { code, out, err } = await run(["How much?"], env);
    assert.equal(out, "Forty-two, they say.\n");
    assert.match(err, /session 2229\n.*finding_sources\n.*generating_response\n.*active\n/s);
    assert.ok(!err.includes(KEY));
    assert.equal(code, 0);
    assert.deepEqual(mock.requests[0]?.json, { prompt: "How much?" });
  });

  test("ask.mjs works with the mock", async () => {
    const { code, out } = await run(["--mock", "How much?"]);
    assert.match(out, /You asked:\*\* How much\?.*\n\[\^F1\]: \[Halden Motors [^\n]*10-Q/s);
    assert.equal(code, 0);
  });

  test("ask.mjs prints messages of errors", async () => {
    const env = { AIERA_API_KEY: "another", AIERA_BASE_URL: api.url };
    const { code, out, err } = await run(["How much?"], env);
    assert.match(err, /^http: .*403/m);
    assert.ok(!err.includes("another"));
    assert.deepEqual([code, out], [1, ""]);
    const keyless = await run(["How much?"]);
    assert.match(keyless.err, /AIERA_API_KEY is not set/);
    assert.equal(keyless.code, 1);
    const mute = await run([]);
    assert.match(mute.err, /^Usage/);
    assert.equal(mute.code, 1);
  });

  test(
    "Ctrl-C cancels ask.mjs",
    { skip: process.platform === "win32" && "no signals there" },
    async () => {
      const { code, out, err } = await run(["--mock", "How much?"], {}, { interruptAt: /poll 2/ });
      assert.match(err, /^aborted: .*\(session 2229\)$/m);
      assert.deepEqual([code, out], [1, ""]);
    },
  );
});
