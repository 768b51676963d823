// @ts-check
// Every exit code, with its message, its hint, and the object of --json, which is always valid.
import assert from "node:assert/strict";
import { cp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { temporary, remove } from "../support/packed.mjs";
import { api, install, KEY, PROMPT, run, start } from "./support.mjs";

/** @type {Awaited<ReturnType<typeof install>>} */
let installed;
/** @type {Awaited<ReturnType<typeof api>> | undefined} */
let service;

before(async () => {
  installed = await install();
});
after(() => installed?.remove());
afterEach(async () => {
  await service?.close();
  service = undefined;
});

/**
 * Runs a command without and with --json, and asserts that both have this exit code.
 * @param {number} expected
 * @param {string[]} args
 * @param {Parameters<typeof start>[2]} [options]
 */
async function fails(expected, args, options = {}) {
  const env = { ...(service && { AIERA_BASE_URL: service.url }), ...options.env };
  const plain = await run(installed.bin, args, { ...options, env });
  assert.equal(plain.code, expected, plain.stderr);
  assert.equal(plain.stdout, "");
  const { code, stdout } = await run(installed.bin, [...args, "--json"], { ...options, env });
  assert.equal(code, expected);
  const object = JSON.parse(stdout);
  const names = ["ok", "sessionId", "status", "answer", "error"];
  assert.deepEqual(Object.keys(object).slice(0, 5), names);
  assert.equal(object.ok, false);
  assert.equal(typeof object.error.message, "string");
  return { stderr: plain.stderr, object };
}

describe("exit codes", () => {
  test("exit code 0: help, version and completion", async () => {
    for (const args of [["help"], ["--help"], ["help", "ask"], ["completion", "bash"]]) {
      const { code, stdout, stderr } = await run(installed.bin, args);
      assert.deepEqual([code, stderr], [0, ""], args.join(" "));
      assert.match(stdout, /aiera-chat/);
    }
    const { stdout } = await run(installed.bin, ["--version"]);
    assert.match(stdout, /^\d+\.\d+\.\d+\S*\n$/);
    for (const [args, field] of /** @type {[string[], string][]} */ ([
      [["--version", "--json"], "version"],
      [["ask", "--help", "--json"], "help"],
    ])) {
      const object = JSON.parse((await run(installed.bin, args)).stdout);
      assert.equal(object.ok, true);
      assert.equal(typeof object[field], "string");
    }
  });

  test("exit code 1: a session that does not exist", async () => {
    service = await api();
    for (const command of ["show", "wait", "delete"]) {
      const { stderr, object } = await fails(1, [command, "99"]);
      assert.match(stderr, /404[^]*no session 99[^]*aiera-chat list/);
      assert.doesNotMatch(stderr, /goes on|continues/);
      assert.deepEqual([object.sessionId, object.error.status], [99, 404]);
    }
  });

  test("exit code 1: an unreachable server", async () => {
    const { url, close } = await api();
    await close();
    const { object } = await fails(1, ["ask", PROMPT], { env: { AIERA_BASE_URL: url } });
    assert.equal(object.error.code, "network");
  });

  test("exit code 1: a refusal of the proxy, which does not concern the key", async () => {
    const body = { error: "host not allowed", refused_by: "aiera-chat/proxy" };
    service = await api({ faults: { status: 403, body, times: 2 } });
    const { stderr, object } = await fails(1, ["ask", PROMPT], { env: { AIERA_API_KEY: KEY } });
    assert.doesNotMatch(stderr, /AIERA_API_KEY/);
    assert.equal(object.error.status, 403);
  });

  test("exit code 2: wrong usage sends nothing", async () => {
    service = await api();
    const cases = [
      [["aks", PROMPT], /Did you mean "aiera-chat ask"/],
      [["ask", PROMPT, "--tiemout", "1m"], /Did you mean --timeout/],
      [["ask", PROMPT, "--timeout", "60"], /--timeout 60s/],
      [["ask", " "], /blank/],
      [["ask"], /blank/],
      [["ask", PROMPT, "--source", "company"], /TYPE:ID/],
      [["wait", "abc"], /expected an id/],
      [["list", "--limit", "0"], /--limit/],
      [["ask", PROMPT, "--base-url", "nonsense"], /--base-url: expected a URL/],
      [["ask", PROMPT, "--base-url", "http://api.example"], /--base-url/],
    ];
    for (const [args, pattern] of /** @type {[string[], RegExp][]} */ (cases)) {
      const { stderr, object } = await fails(2, args);
      assert.match(stderr, pattern);
      assert.equal(object.error.code, "invalid_argument");
    }
    assert.equal(service.mock.requests.length, 0);
  });

  test("exit code 2: without a command, the help is on stderr", async () => {
    const { stderr } = await fails(2, []);
    assert.match(stderr, /^Usage$[^]*aiera-chat COMMAND/m);
  });

  test("exit code 3: a failed session", async () => {
    service = await api({ outcome: "generating_response_error" });
    const { stderr, object } = await fails(3, ["ask", PROMPT]);
    assert.match(stderr, /generating_response_error/);
    assert.deepEqual(
      [object.status, object.error.code],
      ["generating_response_error", "session_failed"],
    );
    await fails(3, ["wait", String(object.sessionId)]);
    await fails(3, ["show", String(object.sessionId)]);
  });

  test("exit code 3: a session without an answer", async () => {
    service = await api();
    await fetch(`${service.url}/chat-v1/sessions`, { method: "POST", body: "{}" });
    const { object } = await fails(3, ["wait", "2229"]);
    assert.deepEqual([object.status, object.error.code], ["active", "no_answer"]);
  });

  test("exit code 4: no key for the default host", async () => {
    /** @type {Record<string, string>[]} */
    const environments = [{}, { AIERA_API_KEY: " " }, { AIERA_BASE_URL: "" }];
    for (const env of environments) {
      const { stderr, object } = await fails(4, ["ask", PROMPT], { env });
      assert.match(stderr, /AIERA_API_KEY[^]*--key-file FILE[^]*aiera-chat mock/);
      assert.equal(object.error.code, "key_unavailable");
    }
    await fails(4, ["list", "--base-url", "https://premium.aiera.com/other"]);
    await fails(4, ["proxy", "--port", "0"]);
  });

  test("exit code 4: a key file that cannot be read, or holds no key", async () => {
    const folder = await temporary("keys");
    const blank = path.join(folder, "blank key.txt");
    const two = path.join(folder, "two.txt");
    await writeFile(blank, "\n");
    await writeFile(two, `${KEY}\n${KEY}\n`);
    const missing = await fails(4, ["list", "--key-file", path.join(folder, "nope")]);
    assert.match(missing.stderr, /cannot read the file of --key-file: ENOENT/);
    assert.match((await fails(4, ["list", "--key-file", blank])).stderr, /holds no API key/);
    const { stderr } = await fails(4, ["list", "--key-file", two]);
    assert.match(stderr, /more than a key/);
    assert.doesNotMatch(stderr, new RegExp(KEY));
    await remove(folder);
  });

  test("exit code 4: a key that no header can carry", async () => {
    service = await api();
    const folder = await temporary("keys");
    const file = path.join(folder, "key.txt");
    for (const key of [`${KEY}ć`, `${KEY.slice(0, 9)}–${KEY.slice(9)}`, `${KEY}\x7f`]) {
      await writeFile(file, key);
      for (const [from, args, env] of /** @type {[string, string[], Record<string, string>][]} */ ([
        ["AIERA_API_KEY", [], { AIERA_API_KEY: key }],
        ["the file .*key.txt", ["--key-file", file], {}],
      ])) {
        for (const command of [["list"], ["ask", PROMPT], ["proxy", "--port", "0"]]) {
          const { stderr, object } = await fails(4, [...command, ...args], { env });
          assert.match(stderr, new RegExp(`cannot read the API key from ${from}: it holds a char`));
          assert.equal(object.error.code, "key_unavailable");
          assert.doesNotMatch(stderr + JSON.stringify(object), new RegExp(KEY.slice(0, 8)));
        }
      }
    }
    assert.equal(service.mock.requests.length, 0);
    await remove(folder);
  });

  test("exit code 4: a refused key; the file takes precedence over the variable", async () => {
    service = await api({ apiKey: KEY });
    const refused = await fails(4, ["ask", PROMPT], { env: { AIERA_API_KEY: "another-key" } });
    assert.match(refused.stderr, /403[^]*came from AIERA_API_KEY/);
    const keyless = await fails(4, ["list"]);
    assert.match(keyless.stderr, /No API key was sent/);
    assert.deepEqual(keyless.object.sessions, []);
    const folder = await temporary("keys");
    const file = path.join(folder, "key.txt");
    await writeFile(file, Buffer.from(`\ufeff${KEY}\r\n`, "utf16le"));
    const env = { AIERA_BASE_URL: service.url, AIERA_API_KEY: "another-key" };
    for (const args of [["--key-file", file], [`--key-file=${path.relative(".", file)}`]]) {
      assert.equal((await run(installed.bin, ["list", ...args], { env })).code, 0);
    }
    const piped = await run(installed.bin, ["list", "--key-file", "-"], { env, input: KEY });
    assert.equal(piped.code, 0, piped.stderr);
    await remove(folder);
  });

  test("exit code 5: the time is used up, and the session continues", async () => {
    service = await api({
      stages: [{ status: "finding_sources", polls: Infinity }, { status: "active" }],
    });
    const { stderr, object } = await fails(5, ["ask", PROMPT, "--timeout", "700ms"]);
    assert.match(stderr, /continues: aiera-chat wait 2229$/m);
    assert.deepEqual([object.status, object.error.code], ["finding_sources", "timeout"]);
    const waited = await fails(5, ["wait", "2229", "--timeout", "0.4s", "--base-url", service.url]);
    assert.match(waited.stderr, new RegExp(`aiera-chat wait 2229 --base-url ${service.url}$`, "m"));
  });

  test("exit code 6: the outcome of a create or of a prompt is unknown", async () => {
    service = await api({
      faults: [
        { operation: "createSession", drop: true, processed: true, times: 2 },
        { operation: "sendPrompt", status: 500, times: 2 },
      ],
    });
    const created = await fails(6, ["ask", PROMPT]);
    assert.match(created.stderr, /aiera-chat list/);
    assert.equal(created.object.error.code, "create_outcome_unknown");
    const prompted = await fails(6, ["ask", "--session", "2229", PROMPT]);
    assert.match(prompted.stderr, /aiera-chat show 2229/);
    assert.deepEqual(
      [prompted.object.sessionId, prompted.object.error.code],
      [2229, "prompt_outcome_unknown"],
    );
    assert.equal(service.mock.requests.length, 4);
  });

  test("exit code 6: a create that takes longer than --timeout", async () => {
    service = await api({ faults: { operation: "createSession", stall: true, times: 2 } });
    const { object } = await fails(6, ["ask", PROMPT, "--timeout", "300ms"]);
    assert.equal(object.error.code, "create_outcome_unknown");
  });
});

describe("a base URL of another service", () => {
  /** @type {import("node:http").Server} */
  let server;
  afterEach(() => void server.close());

  /** @param {number} status @param {string} type @param {string} body */
  async function serveAll(status, type, body) {
    server = createServer((_, response) => {
      response.writeHead(status, { "content-type": type }).end(body);
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
    return `http://127.0.0.1:${/** @type {any} */ (server.address()).port}/graphql`;
  }

  for (const [name, status, type, body] of /** @type {[string, number, string, string][]} */ ([
    ["an HTML page", 200, "text/html", "<!doctype html><title>Sign in</title>"],
    ["a 404", 404, "text/html", "<h1>Not Found</h1>"],
    ["a 405", 405, "application/json", '{"errors":["POST only"]}'],
  ])) {
    test(`the hint after ${name} from another service names the variable and the MCP server`, async () => {
      const url = await serveAll(status, type, body);
      for (const args of [["ask", PROMPT], ["list"], ["show", "1"]]) {
        const env = { AIERA_BASE_URL: url, AIERA_API_KEY: KEY };
        const { code, stderr } = await run(installed.bin, args, { env });
        assert.notEqual(code, 0);
        assert.match(stderr, /AIERA_BASE_URL is http:\S+\/graphql[^]*MCP server/, args.join(" "));
      }
      const waited = await run(installed.bin, ["wait", "1", "--timeout", "1s"], {
        env: { AIERA_BASE_URL: url },
      });
      assert.equal(waited.stderr.match(/MCP server/g)?.length, 1, waited.stderr);
      const { stderr } = await run(installed.bin, ["list", "--base-url", url]);
      assert.match(stderr, /--base-url is /);
      assert.doesNotMatch(stderr, /MCP server/);
    });
  }
});

describe("a crash", () => {
  /** @param {string} code */
  async function preload(code) {
    const folder = await temporary("preload");
    const file = path.join(folder, "preload.mjs");
    await writeFile(file, code);
    return { folder, options: `--import=${pathToFileURL(file)}` };
  }

  for (const [name, code] of [
    ["an error thrown outside", `setTimeout(() => { throw new TypeError("boom ${KEY}"); }, 300);`],
    ["a rejection nobody handles", `setTimeout(() => Promise.reject("boom ${KEY}"), 300);`],
  ]) {
    test(`a crash by ${name} has exit code 1 and a valid object without the key`, async () => {
      service = await api({ delayMs: 600_000 });
      const { folder, options } = await preload(code);
      const env = { AIERA_BASE_URL: service.url, AIERA_API_KEY: KEY, NODE_OPTIONS: options };
      const result = await run(installed.bin, ["ask", PROMPT, "--json"], { env });
      assert.equal(result.code, 1);
      const { ok, error } = JSON.parse(result.stdout);
      assert.equal(ok, false);
      assert.match(error.message, /boom/);
      assert.match(result.stderr, /internal error: boom/);
      assert.doesNotMatch(result.stdout + result.stderr, new RegExp(KEY));
      await remove(folder);
    });
  }

  test("a command without pending work exits with 1 rather than silently with 0", async () => {
    const { folder, options } = await preload(`
      globalThis.fetch = () => new Promise(() => {});
      const { setTimeout: set } = globalThis;
      globalThis.setTimeout = (...args) => set(...args).unref();
    `);
    const env = { AIERA_BASE_URL: "http://127.0.0.1:9", NODE_OPTIONS: options };
    const { code, stdout } = await run(installed.bin, ["ask", PROMPT, "--json"], { env });
    assert.equal(code, 1);
    assert.match(JSON.parse(stdout).error.message, /the command never finished/);
    await remove(folder);
  });

  test("a broken installation has exit code 1 and a valid object", async () => {
    const folder = await temporary("broken");
    const copy = path.join(folder, "aiera-chat");
    await cp(path.join(installed.folder, "node_modules", "aiera-chat"), copy, { recursive: true });
    await rm(path.join(copy, "index.mjs"));
    const args = [path.join(copy, "cli.mjs"), "list", "--json", "--base-url", "http://127.0.0.1:9"];
    const { code, stdout } = await run(process.execPath, args);
    assert.equal(code, 1);
    assert.match(JSON.parse(stdout).error.message, /index\.mjs/);
    await remove(folder);
  });
});
