// @ts-check
// The README's examples as a reader would paste them: into an empty project with the packed package, against the mock on a
// real port, those for a page in a real Chromium under the README's own content security policy. All are type-checked.
//
// Not as they stand: `next` gets the `./session` that is its reader's (and is called as Next.js would, which is not
// installed), `worker` is called as a Worker's runtime would, and `msw` gets a stand-in for that library's `http.all`.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { createMockApi } from "../../pkg/testing.mjs";
import { serve } from "../../pkg/testing-node.mjs";
import { launchBrowser } from "../support/browser.mjs";
import { pack, project, remove, run } from "../support/packed.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const KEY = "key-of-the-readme";
const ANSWER = "Deliveries rose by a tenth. [c1]";

const readme = await readFile(path.join(ROOT, "README.md"), "utf8");
const FENCE = /^(?:<!-- example: (\S+) -->\n\n)?```(js|ts)\n([^]*?)^```$/gm;
const examples = [...readme.matchAll(FENCE)].map(([, name, language, code]) => {
  const ending = code.includes("require(") ? "cjs" : language === "js" ? "mjs" : "ts";
  return { name, code, file: `${name}.${ending}` };
});

/** What an example prints when it is run as it stands. @type {Record<string, RegExp>} */
const PRINTS = {
  esm: /^Deliveries rose by a tenth\. \[c1\]\n$/,
  cjs: /^.+ active\n$/,
  watch: /^finding_sources\n(generating_response\n)?active\n$/,
  resume: /^still (finding_sources|generating_response) after [1-9] requests\nactive\n$/,
  cancel: /^cancelled: the reader left\n$/,
  mock: /^active createSession( getSession){4}\n$/,
  timers: /^# pass 1$/m,
  serve: /^finding_sources\n$/,
  slim: /^finding_sources\n$/,
};

/** Those with a test of their own, below. */
const OTHERS = ["page", "next", "worker", "node-http", "dashboard", "msw"];

/** What is not the package's, but its reader's. */
const YOURS = {
  "session.ts": `export const isSignedIn = async (request: Request) => request.headers.get("cookie") === "user=1";\n`,
};
const MSW = {
  "package.json": `{ "name": "msw", "type": "module", "exports": { "types": "./index.d.ts", "default": "./index.js" } }\n`,
  "index.js": `export const http = { all: (path, resolver) => ({ path, resolver }) };\n`,
  "index.d.ts": `export declare const http: {
    all(path: string, resolver: (info: { request: Request }) => Promise<Response>): {
      path: string; resolver: (info: { request: Request }) => Promise<Response>; };
  };\n`,
};

describe("the README's examples", () => {
  /** @type {Awaited<ReturnType<typeof pack>>} */
  let packed;
  /** @type {string} */
  let folder;
  /** @type {Awaited<ReturnType<typeof serve>>} */
  let server;
  /** @type {Record<string, string>} */
  let env;
  const mock = createMockApi({
    apiKey: KEY,
    answer: ANSWER,
    // Longer in all than the second that `resume` gives it.
    stages: [
      { status: "finding_sources", ms: 700 },
      { status: "generating_response", ms: 700 },
      { status: "active" },
    ],
  });

  before(async () => {
    packed = await pack();
    folder = await project(packed.tarball, YOURS);
    for (const { file, code } of examples) await writeFile(path.join(folder, file), code);
    const msw = path.join(folder, "node_modules", "msw");
    await mkdir(msw);
    for (const [name, text] of Object.entries(MSW)) await writeFile(path.join(msw, name), text);
    server = await serve(mock);
    env = { AIERA_API_KEY: KEY, AIERA_BASE_URL: `${server.url}/api` };
  });
  after(async () => {
    await server?.close();
    await Promise.all([packed?.folder, folder].filter(Boolean).map(remove));
  });

  /** @param {string} name */
  const fileOf = (name) => {
    const found = examples.find((example) => example.name === name);
    assert.ok(found, `no example ${name}`);
    return path.join(folder, found.file);
  };

  /**
   * An example of a server's framework, compiled and imported.
   * @param {string} name
   */
  async function imported(name) {
    const outfile = path.join(folder, `${name}.out.mjs`);
    const bundled = /** @type {const} */ ({ bundle: true, format: "esm", platform: "node" });
    await build({ ...bundled, entryPoints: [fileOf(name)], packages: "external", outfile });
    return import(outfile);
  }

  test("each has a name, and is tested", () => {
    assert.deepEqual(
      examples.map(({ name }) => name).sort(),
      [...Object.keys(PRINTS), ...OTHERS].sort(),
    );
  });

  test("pass tsc --strict", async () => {
    const types = path.join(ROOT, "node_modules", "@types");
    const tsc = path.join(ROOT, "node_modules", ".bin", "tsc");
    // prettier-ignore
    const strict = ["--ignoreConfig", "--strict", "--skipLibCheck", "false", "--noEmit", "--allowJs", "--checkJs", "--target", "es2023",
      "--lib", "es2023,dom,dom.iterable", "--typeRoots", types, "--types", "node"];
    for (const [how, wanted] of [
      ["nodenext", (/** @type {string} */ file) => !file.endsWith(".ts")],
      ["bundler", (/** @type {string} */ file) => file.endsWith(".ts")],
    ]) {
      const files = examples.map(({ file }) => file).filter(/** @type {any} */ (wanted));
      assert.ok(files.length > 0);
      const module = how === "bundler" ? "preserve" : "nodenext";
      const resolution = ["--module", module, "--moduleResolution", String(how)];
      await run(tsc, [...strict, ...resolution, ...files], { cwd: folder });
    }
  });

  describe("run as they stand", { concurrency: 3 }, () => {
    for (const [name, prints] of Object.entries(PRINTS)) {
      test(name, async () => {
        // TAP, whichever reporter a version of Node has as its default.
        const args = name === "timers" ? ["--test", "--test-reporter=tap"] : [];
        // Without the variable by which this file's own runner would take the example's for a part of it.
        const own = { ...env, NODE_TEST_CONTEXT: /** @type {any} */ (undefined) };
        const how = { cwd: folder, env: own };
        const { stdout } = await run(process.execPath, [...args, fileOf(name)], how);
        assert.match(stdout, prints);
      });
    }
  });

  test("next: lets in whom `authorize` lets in", async () => {
    mock.reset();
    const { POST, GET } = await inEnv(env, () => imported("next"));
    const url = "http://localhost:3000/api/aiera/chat-v1/sessions";
    const headers = { "content-type": "application/json", cookie: "user=1" };
    const ask = (/** @type {Record<string, string>} */ headers) =>
      new Request(url, { method: "POST", headers, body: '{"prompt":"?"}' });
    await inEnv(env, async () => {
      const refused = await POST(ask({ ...headers, cookie: "" }));
      assert.equal(refused.status, 403);
      const created = await POST(ask(headers));
      assert.equal(created.status, 201);
      const { id } = await created.json();
      const read = await GET(new Request(`${url}/${id}`, { headers }));
      assert.equal((await read.json()).status, "finding_sources");
    });
    assert.equal(mock.requests.length, 2);
  });

  test("worker: has its key from its environment", async () => {
    mock.reset();
    const { default: worker } = await imported("worker");
    const request = new Request("https://w.example/chat-v1/sessions", {
      method: "POST",
      body: "{}",
      headers: JSON_TYPE,
    });
    assert.equal((await worker.fetch(request, env)).status, 201);
    assert.equal(mock.requests[0]?.headers["x-api-key"], KEY);
  });

  test("msw: its handler answers as the API", async () => {
    const { handlers } = await imported("msw");
    assert.equal(handlers[0].path, "*/chat-v1/*");
    const request = new Request("https://x.example/chat-v1/sessions", {
      method: "POST",
      body: "{}",
      headers: JSON_TYPE,
    });
    assert.equal((await handlers[0].resolver({ request })).status, 201);
  });

  describe("in Chromium, on the origin of node-http", () => {
    /** @type {import("playwright-core").Browser} */
    let browser;
    /** @type {import("node:child_process").ChildProcess} */
    let proxy;
    /** @type {string} */
    let origin;

    before(async () => {
      const port = await freePort();
      proxy = spawn(process.execPath, [fileOf("node-http")], {
        cwd: folder,
        env: { ...process.env, ...env, PORT: String(port) },
        stdio: ["ignore", "pipe", "inherit"],
      });
      const [[said], started] = await Promise.all([
        once(/** @type {import("node:stream").Readable} */ (proxy.stdout), "data"),
        launchBrowser(),
      ]);
      browser = started;
      origin = `http://localhost:${port}`;
      assert.equal(String(said), `listening on ${origin}\n`);
    });
    after(async () => {
      await browser?.close();
      proxy?.kill();
    });

    /**
     * A page with an example in it, at the proxy's origin. The server has no pages, so the browser is handed this one.
     * @param {string} name
     */
    async function open(name) {
      const bundled = /** @type {const} */ ({
        bundle: true,
        format: "esm",
        minify: true,
        write: false,
      });
      const { outputFiles } = await build({
        ...bundled,
        entryPoints: [fileOf(name)],
        target: "es2022",
      });
      const policy = /^ *Content-Security-Policy: (.+)$/m.exec(readme)?.[1];
      assert.ok(policy);
      const page = await browser.newPage();
      /** @type {string[]} */
      const problems = [];
      page.on("pageerror", (error) => problems.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error") problems.push(message.text());
      });
      await page.route(`${origin}/`, (route) =>
        route.fulfill({
          contentType: "text/html; charset=utf-8",
          headers: { "content-security-policy": policy },
          body: `<!doctype html><body><script type="module" src="/page.js"></script></body>`,
        }),
      );
      await page.route(`${origin}/page.js`, (route) =>
        route.fulfill({ contentType: "text/javascript", body: outputFiles[0]?.text }),
      );
      await page.route(`${origin}/favicon.ico`, (route) => route.fulfill({ status: 204 }));
      await page.goto(`${origin}/`);
      return { page, problems };
    }

    test("page: shows the answer, and never has the key", async () => {
      mock.reset();
      const { page, problems } = await open("page");
      await page.getByText(ANSWER).waitFor({ timeout: 10_000 });
      assert.ok(mock.requests.length > 1);
      for (const request of mock.requests) assert.equal(request.headers["x-api-key"], KEY);
      assert.deepEqual(problems, []);
      await page.close();
    });

    test("dashboard: fills its tiles, and picks its sessions up again", async () => {
      mock.reset();
      const { page, problems } = await open("dashboard");
      const full = ["What moved oil? active", "What moved gold? active"];
      const shown = () => page.locator("section").allTextContents();
      const filled = () =>
        page.locator("section", { hasText: "active" }).nth(1).waitFor({ timeout: 10_000 });
      await filled();
      assert.deepEqual(await shown(), full);
      await page.reload();
      await filled();
      assert.deepEqual(await shown(), full);
      const creates = mock.requests.filter((request) => request.operation === "createSession");
      assert.equal(creates.length, 2);
      assert.deepEqual(problems, []);
      await page.close();
    });
  });
});

const JSON_TYPE = { "content-type": "application/json" };

/**
 * With these environment variables, which a framework's server would have.
 * @template T
 * @param {Record<string, string>} env
 * @param {() => Promise<T>} act
 */
async function inEnv(env, act) {
  const before = Object.keys(env).map((name) => /** @type {const} */ ([name, process.env[name]]));
  Object.assign(process.env, env);
  try {
    return await act();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

/** @returns {Promise<number>} */
async function freePort() {
  const probe = createServer().listen(0, "localhost");
  await once(probe, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (probe.address());
  probe.close();
  await once(probe, "close");
  return port;
}
