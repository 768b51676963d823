// @ts-check
// `npm start` as a program: ready within ten seconds if everything is built, on the next port if one is taken, with the key
// on the server's side.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createMockApi } from "../../pkg/testing.mjs";
import { serve } from "../../pkg/testing-node.mjs";

const PROGRAM = fileURLToPath(new URL("../../scripts/start.mjs", import.meta.url));
const KEY = "a-key-of-the-test";
const AT_MOST_MS = 60_000;

/**
 * @param {string[]} args
 * @param {Record<string, string | undefined>} env
 * @param {(url: string, line: string) => Promise<void>} use
 */
async function whileUp(args, env, use) {
  const clean = { ...process.env, AIERA_API_KEY: undefined, AIERA_BASE_URL: undefined };
  const child = spawn(process.execPath, [PROGRAM, ...args], { env: { ...clean, ...env } });
  const closed = new Promise((resolve) => child.on("close", resolve));
  let printed = "";
  try {
    const line = await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`not up in time:\n${printed}`)), AT_MOST_MS);
      const read = (/** @type {Buffer} */ data) => {
        printed += data;
        const found = /^Demo: .*$/m.exec(printed);
        if (found) resolve((clearTimeout(late), found[0]));
      };
      child.stdout.on("data", read);
      child.stderr.on("data", read);
      child.on("error", reject);
    });
    const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(line)?.[0] ?? "";
    await use(url, line);
    assert.ok(!printed.includes(KEY));
  } finally {
    child.kill();
    await closed;
  }
}

test("npm start works with the mock, on the next port", async () => {
  const taken = createServer();
  await new Promise((resolve) => taken.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (taken.address());
  try {
    await whileUp(["--port", String(port)], {}, async (url, line) => {
      assert.match(line, /\(on the embedded mock; set AIERA_API_KEY for the real API\)$/);
      assert.ok(Number(new URL(url).port) > port);
      const page = await fetch(url);
      assert.equal(page.status, 200);
      assert.match(await page.text(), /<meta name="aiera-api" content="mock" \/>/);
      assert.equal((await fetch(`${url}api/chat-v1/sessions`)).status, 404);
    });
  } finally {
    taken.close();
  }
});

test("npm start works with an API and a key", async () => {
  const mock = createMockApi({ apiKey: KEY });
  const api = await serve(mock);
  try {
    const env = { AIERA_API_KEY: KEY, AIERA_BASE_URL: api.url, PORT: "0" };
    await whileUp([], env, async (url) => {
      const page = await (await fetch(url)).text();
      assert.match(page, /<meta name="aiera-api" content="api" \/>/);
      assert.ok(!page.includes(KEY));
      const sessions = await fetch(`${url}api/chat-v1/sessions`);
      assert.equal(sessions.status, 200);
      assert.equal(mock.requests.at(-1)?.headers["x-api-key"], KEY);
    });
  } finally {
    await api.close();
  }
});
