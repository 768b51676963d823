// @ts-check
// The key is in no output, no error and no process list, even if a server echoes it.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { remove, temporary } from "../support/packed.mjs";
import { api, install, KEY, PROMPT, run, start } from "./support.mjs";

describe("the key", () => {
  /** @type {Awaited<ReturnType<typeof install>>} */
  let installed;
  /** @type {Awaited<ReturnType<typeof api>>} */
  let service;
  /** @type {string} */
  let folder;
  /** @type {string} */
  let file;

  before(async () => {
    installed = await install();
    folder = await temporary("keys");
    file = path.join(folder, "key.txt");
    await writeFile(file, `${KEY}\n`);
  });
  after(async () => {
    await installed?.remove();
    await remove(folder);
  });
  afterEach(() => service?.close());

  /** Whether a text contains eight successive letters of the key. @param {string} text */
  function leaks(text) {
    for (let i = 0; i + 8 <= KEY.length; i++) {
      if (text.toLowerCase().includes(KEY.slice(i, i + 8))) return true;
    }
    return false;
  }

  for (const [
    name,
    env,
    args,
  ] of /** @type {[string, Record<string, string>, () => string[]][]} */ ([
    ["from the variable", { AIERA_API_KEY: KEY }, () => []],
    ["from a file", {}, () => ["--key-file", file]],
  ])) {
    test(`the key ${name} is not shown if a server echoes it`, async () => {
      const operations = /** @type {const} */ (["createSession", "getSession", "listSessions"]);
      service = await api({
        faults: operations.flatMap((operation) => [
          { operation, echoKey: true },
          { operation, echoKey: true, status: 404 },
          { operation, status: 400, body: { error: `wrong key ${KEY.toUpperCase()}` } },
        ]),
      });
      const commands = [["ask", PROMPT], ["show", "2229"], ["list"]];
      for (const command of commands.flatMap((each) => [each, each, each])) {
        const full = [...command, "--json", "--base-url", service.url, ...args()];
        const { code, stdout, stderr } = await run(installed.bin, full, { env });
        assert.ok(code && code > 0);
        assert.match(stderr, /aiera-chat: /);
        assert.equal(JSON.parse(stdout).ok, false);
        assert.equal(leaks(stdout + stderr), false, stdout + stderr);
      }
    });

    test(`the key ${name} is not shown in a status or in a network error`, async () => {
      const stages = [{ status: `working-${KEY}`, polls: 1 }, { status: "active" }];
      service = await api({ stages });
      const full = ["ask", PROMPT, "--base-url", service.url, ...args()];
      const { code, stderr } = await run(installed.bin, full, { env });
      assert.equal(code, 0);
      assert.match(stderr, /working-/);
      assert.equal(leaks(stderr), false, stderr);
    });

    test(`the key ${name} is in no process list`, async (t) => {
      if (process.platform !== "linux") return t.skip("needs /proc");
      service = await api({ delayMs: 600_000 });
      const full = ["ask", PROMPT, "--base-url", service.url, ...args()];
      const running = start(installed.bin, full, { env });
      await running.until(/finding_sources/);
      const listed = await readFile(`/proc/${running.child.pid}/cmdline`, "utf8");
      assert.match(listed, /aiera-chat\0ask\0/);
      assert.equal(leaks(listed), false, listed);
      running.child.kill("SIGINT");
      assert.equal((await running.ended).code, 130);
      assert.equal(service.mock.requests[0].headers["x-api-key"], KEY);
    });
  }

  test("a key that is an argument by mistake is not shown", async () => {
    service = await api();
    const env = { AIERA_API_KEY: KEY };
    const url = ["--base-url", service.url];
    for (const args of [
      ["ask", PROMPT, "--api-key", KEY],
      ["ask", PROMPT, `--key=${KEY}`],
      ["list", KEY],
      [KEY],
      ["wait", KEY],
      ["ask", PROMPT, "--session", KEY],
      ["ask", PROMPT, "--base-url", `https://${KEY}@premium.aiera.com/api`],
      ["ask", PROMPT, "--base-url", `nonsense ${KEY}`],
    ]) {
      const full = args.includes("--base-url") ? args : [...args, ...url];
      const { code, stdout, stderr } = await run(installed.bin, [...full, "--json"], { env });
      assert.equal(code, 2, stderr);
      assert.equal(JSON.parse(stdout).ok, false);
      assert.equal(leaks(stdout + stderr), false, stdout + stderr);
    }
    assert.equal(service.mock.requests.length, 0);
  });

  test("a key that is an argument by mistake is not shown if there is no other key", async () => {
    for (const [args, code] of /** @type {[string[], number][]} */ ([
      [["list", "--key-file", KEY], 4],
      [["proxy", "--port", "0", "--key-file", KEY], 4],
      [[KEY], 2],
      [[`ask-${KEY}`], 2],
      [[`--${KEY}`, "list"], 2],
      [["list", `--${KEY}`], 2],
      [["list", `-${KEY}`], 2],
      [["list", `-json-${KEY}`], 2],
      [["list", `--json-${KEY}`], 2],
    ])) {
      const result = await run(installed.bin, args, { env: { AIERA_API_KEY: "" } });
      assert.equal(result.code, code, result.stderr);
      assert.match(result.stderr, /aiera-chat: (?:unknown|cannot read)/);
      assert.equal(leaks(result.stdout + result.stderr), false, result.stderr);
    }
  });
});
