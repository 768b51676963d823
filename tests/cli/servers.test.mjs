// @ts-check
// proxy and mock: the URL on stdout works as a base URL, the log holds no secret, and the error for a port in use names a flag.
import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { networkInterfaces } from "node:os";
import path from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { remove, temporary } from "../support/packed.mjs";
import { api, install, KEY, PROMPT, run, start } from "./support.mjs";

/** @type {Awaited<ReturnType<typeof install>>} */
let installed;
/** @type {(() => unknown)[]} */
let cleanups = [];

before(async () => {
  installed = await install();
});
after(() => installed?.remove());
afterEach(async () => {
  for (const clean of cleanups.reverse()) await clean();
  cleanups = [];
});

/**
 * Starts a server of the command line; resolves with its URL.
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 */
async function serve(args, env) {
  const running = start(
    args[0] === "" ? `${installed.bin}-mock` : installed.bin,
    args.filter(Boolean),
    {
      env,
    },
  );
  cleanups.push(async () => {
    running.child.kill();
    await running.ended;
  });
  const [url] = await running.until(/http:\/\/[\w.:[\]-]+/);
  return { running, url };
}

/** @param {Parameters<typeof api>[0]} [options] */
async function upstream(options) {
  const service = await api(options);
  cleanups.push(service.close);
  return service;
}

/**
 * Sends a request with an unchanged path.
 * @param {string} url
 * @param {string} target
 * @param {Record<string, string>} [headers]
 * @param {string} [method]
 * @returns {Promise<{ status: number, headers: import("node:http").IncomingHttpHeaders, text: string }>}
 */
function get(url, target, headers = {}, method = "GET") {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path: target, headers, method }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part) => (text += part));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    })
      .on("error", reject)
      .end();
  });
}

describe("mock", () => {
  test("mock serves the API at the URL on stdout, and prints only that", async () => {
    const { running, url } = await serve(["mock", "--port", "0", "--delay", "0"]);
    assert.equal(running.shown.stdout, `${url}\n`);
    const asked = await run(installed.bin, ["ask", "-q", PROMPT, "--base-url", url]);
    assert.deepEqual([asked.code, asked.stderr], [0, ""]);
    await running.until(/^POST \/chat-v1\/sessions 201 \d+ ms$/m);
    running.child.kill("SIGINT");
    const { code, stdout } = await running.ended;
    assert.deepEqual([code, stdout], [0, `${url}\n`]);
  });

  test("mock and proxy take an IPv6 host with brackets or without", async (t) => {
    const ipv6 = Object.values(networkInterfaces()).flat();
    if (!ipv6.some((each) => each?.address === "::1")) return t.skip("no IPv6");
    for (const command of ["mock", "proxy"]) {
      for (const host of ["[::1]", "::1"]) {
        const { url, running } = await serve([command, "--port", "0", "--host", host], {
          AIERA_API_KEY: KEY,
        });
        assert.match(url, /^http:\/\/\[::1\]:\d+$/);
        assert.equal((await fetch(`${url}/`)).status, 404);
        assert.doesNotMatch(running.shown.stderr, /open/);
      }
    }
  });

  test("mock has flags for the options of the mock API", async () => {
    const folder = await temporary("mock");
    cleanups.push(() => remove(folder));
    const file = path.join(folder, "an answer.md");
    await writeFile(file, "From a file.\n");
    const flags = ["--latency", "20ms", "--api-key", "made-up", "--answer", file, "--polls", "1"];
    const { running, url } = await serve(["mock", "--port", "0", "-q", "--cors", ...flags]);
    assert.equal((await run(installed.bin, ["list", "--base-url", url])).code, 4);
    const env = { AIERA_BASE_URL: url, AIERA_API_KEY: "made-up" };
    const { stdout } = await run(installed.bin, ["ask", "-q", PROMPT], { env });
    assert.equal(stdout, "From a file.\n");
    const { headers } = await get(url, "/chat-v1/sessions", { origin: "http://page.test" });
    assert.equal(headers["access-control-allow-origin"], "http://page.test");
    assert.equal(running.shown.stderr, "");
    const failing = await serve([
      "mock",
      "--port",
      "0",
      "--outcome",
      "generating_response_error",
      "--delay",
      "0",
    ]);
    assert.equal((await run(installed.bin, ["ask", "x", "--base-url", failing.url])).code, 3);
  });

  test("aiera-chat-mock is the same as mock", async () => {
    const { url } = await serve(["", "--port", "0", "--delay", "0"]);
    assert.equal((await run(installed.bin, ["list", "--base-url", url])).code, 0);
  });

  test("mock --json prints one object with the URL", async () => {
    const { running, url } = await serve(["mock", "--port", "0", "--json"]);
    running.child.kill("SIGTERM");
    const { code, stdout } = await running.ended;
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), {
      ok: true,
      sessionId: null,
      status: null,
      answer: null,
      error: null,
      url,
    });
  });

  test("the errors for a port in use and for wrong options name the flag to change", async () => {
    const { url } = await serve(["mock", "--port", "0"]);
    const { port } = new URL(url);
    for (const args of [["mock"], ["proxy", "--base-url", url]]) {
      const busy = await run(installed.bin, [...args, "--port", port]);
      assert.equal(busy.code, 1);
      assert.match(busy.stderr, new RegExp(`port ${port} is in use[^]*--port 0`));
      const { stdout } = await run(installed.bin, [...args, "--port", port, "--json"]);
      assert.equal(JSON.parse(stdout).error.code, "EADDRINUSE");
    }
    const cases = [
      [["--port", "70000"], 2, /--port/],
      [["--delay", "soon"], 2, /--delay/],
      [["--delay", "1s", "--polls", "1"], 2, /contradict/],
      [
        ["--answer", "/nope/none.md"],
        1,
        /--answer: the file \/nope\/none\.md cannot be read: ENOENT/,
      ],
      [["--host", "192.0.2.1"], 1, /192\.0\.2\.1 is not an address of this machine[^]*--host/],
    ];
    for (const [args, code, pattern] of /** @type {[string[], number, RegExp][]} */ (cases)) {
      const failed = await run(installed.bin, ["mock", "--port", "0", ...args]);
      assert.equal(failed.code, code, failed.stderr);
      assert.match(failed.stderr, pattern);
    }
  });
});

describe("proxy", () => {
  const ORIGIN = "http://localhost:5173";

  test("proxy adds the key, allows listed origins, and logs neither key nor prompt", async () => {
    const service = await upstream({ apiKey: KEY });
    const env = { AIERA_API_KEY: KEY, AIERA_BASE_URL: service.url };
    const { running, url } = await serve(["proxy", "--port", "0", "--allow-origin", ORIGIN], env);
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
    const asked = await run(installed.bin, ["ask", "-q", PROMPT, "--base-url", url]);
    assert.equal(asked.code, 0, asked.stderr);
    const allowed = await get(url, "/api/chat-v1/sessions", { origin: ORIGIN });
    assert.equal(allowed.status, 200);
    assert.equal(allowed.headers["access-control-allow-origin"], ORIGIN);
    const other = await get(url, "/chat-v1/sessions", { origin: "http://evil.test" });
    assert.equal(other.status, 403);
    const query = `/chat-v1/sessions?api_key=${KEY}`;
    assert.equal((await get(url, query)).status, 400);
    await running.until(/^GET \/chat-v1\/sessions\?api_key=… 400 \d+ ms$/m);
    running.child.kill("SIGINT");
    const { code, stderr } = await running.ended;
    assert.equal(code, 0);
    assert.match(stderr, /^POST \/chat-v1\/sessions 201 \d+ ms$/m);
    assert.doesNotMatch(stderr, new RegExp(KEY));
    assert.doesNotMatch(stderr, /takeaways/);
    assert.doesNotMatch(stderr, /warning/);
    assert.ok(service.mock.requests.every(({ headers }) => headers["x-api-key"] === KEY));
  });

  test("proxy sends no key if there is none and the API is not Aiera's", async () => {
    const service = await upstream();
    const { url } = await serve(["proxy", "--port", "0", "--base-url", service.url]);
    assert.equal((await run(installed.bin, ["list", "--base-url", url])).code, 0);
    assert.equal("x-api-key" in service.mock.requests[0].headers, false);
  });

  test("proxy accepts only hosts of this machine and of --allow-host", async () => {
    const service = await upstream();
    const args = ["proxy", "--port", "0", "--base-url", service.url];
    const { url } = await serve(args);
    const { port } = new URL(url);
    /** @param {string} base @param {string} host */
    const statusFor = async (base, host) => (await get(base, "/chat-v1/sessions", { host })).status;
    assert.equal(await statusFor(url, `localhost:${port}`), 200);
    assert.equal(await statusFor(url, `rebound.test:${port}`), 403);
    const added = await serve([...args, "--allow-host", "dashboard.test:1234"]);
    assert.equal(await statusFor(added.url, "dashboard.test:1234"), 200);
    assert.equal(await statusFor(added.url, "rebound.test"), 403);
  });

  test("proxy warns if other machines can reach it, also with -q", async () => {
    const service = await upstream();
    const args = ["proxy", "--port", "0", "--host", "0.0.0.0", "-q", "--base-url", service.url];
    const { running } = await serve(args);
    await running.until(/warning: the proxy is open/);
  });

  test("proxy refuses wrong options before it listens", async () => {
    const cases = [
      [["--allow-origin", "*"], /--allow-origin/],
      [["--allow-host", "http://x"], /--allow-host/],
      [["--static", "/nope/none"], /--static: \/nope\/none is not a readable folder: ENOENT/],
      [["--base-url", "http://api.example"], /--base-url/],
    ];
    for (const [args, pattern] of /** @type {[string[], RegExp][]} */ (cases)) {
      const defaults = args[0] === "--base-url" ? [] : ["--base-url", "http://127.0.0.1:9"];
      const { code, stderr } = await run(installed.bin, [
        "proxy",
        "--port",
        "0",
        ...defaults,
        ...args,
      ]);
      assert.equal(code, 2, stderr);
      assert.match(stderr, pattern);
    }
  });

  test("proxy --static serves only the folder's files", async () => {
    const service = await upstream();
    const folder = await temporary("static");
    cleanups.push(() => remove(folder));
    const site = path.join(folder, "site");
    await mkdir(path.join(site, "charts"), { recursive: true });
    await writeFile(path.join(folder, "outside.txt"), "outside");
    await writeFile(path.join(site, "index.html"), "<title>Dashboard</title>");
    await writeFile(path.join(site, "app.mjs"), "export {};");
    await writeFile(path.join(site, "charts", "index.html"), "charts");
    await writeFile(path.join(site, "with space.txt"), "spaced");
    await writeFile(path.join(site, ".env"), "secret");
    await symlink(path.join(folder, "outside.txt"), path.join(site, "link.txt"));
    const { url } = await serve([
      "proxy",
      "--port",
      "0",
      "--static",
      site,
      "--base-url",
      service.url,
    ]);

    const page = await get(url, "/?x=1");
    assert.deepEqual([page.status, page.text], [200, "<title>Dashboard</title>"]);
    assert.equal(page.headers["content-type"], "text/html; charset=utf-8");
    assert.equal(page.headers["x-content-type-options"], "nosniff");
    const script = await get(url, "/app.mjs", {}, "HEAD");
    assert.deepEqual([script.status, script.text], [200, ""]);
    assert.equal(script.headers["content-type"], "text/javascript; charset=utf-8");
    assert.equal((await get(url, "/with%20space.txt")).text, "spaced");
    const moved = await get(url, "/charts");
    assert.deepEqual([moved.status, moved.headers.location], [301, "/charts/"]);
    assert.equal((await get(url, "/charts/")).text, "charts");
    assert.equal((await get(url, "/", {}, "POST")).status, 405);
    assert.equal((await get(url, "/", { host: "rebound.test" })).status, 403);
    const hidden = [
      "/.env",
      "/link.txt",
      "/../outside.txt",
      "/%2e%2e/outside.txt",
      "/..%2foutside.txt",
    ];
    const unusual = [
      "//evil.test",
      "/%2fevil.test",
      "/charts/..%5c..%5coutside.txt",
      "/%00",
      "/%zz",
      "/c:/x",
    ];
    for (const target of [...hidden, ...unusual, "/none", "/app.mjs/"]) {
      assert.equal((await get(url, target)).status, 404, target);
    }
    // A page from the folder may use the proxy.
    const fromPage = await get(url, "/chat-v1/sessions", {
      origin: url,
      "sec-fetch-site": "same-origin",
    });
    assert.equal(fromPage.status, 200);
  });

  test("proxy refuses to serve the folder that holds the key file", async () => {
    const folder = await temporary("static");
    cleanups.push(() => remove(folder));
    const file = path.join(folder, "key.txt");
    await writeFile(file, KEY);
    const args = ["proxy", "--port", "0", "--static", folder, "--key-file", file];
    const { code, stderr } = await run(installed.bin, args);
    assert.equal(code, 2);
    assert.match(stderr, /holds the file of --key-file/);
  });
});
