// @ts-check
// The README's examples, pasted into an empty project with the packed package and the mock on a real port; pages run in
// Chromium. All are type-checked. The test calls the route handler of Next.js directly.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { build } from "esbuild";
import { createServer as createVite } from "vite";
import { launchBrowser } from "../support/browser.mjs";
import { pack, project, remove, run } from "../support/packed.mjs";
import { toolchains } from "../support/toolchains.mjs";
import * as support from "./examples.mjs";

const MOST_WORDS = 1_800;
const PATIENCE = { timeout: 10_000 };

const { text, examples, commands } = await support.readPage("README.md");

/** Examples that do not run in Node: each has its own test below. */
const OTHERS = [
  "page.js",
  "vite.config.mjs",
  "app/api/aiera/[...path]/route.ts",
  "server.mjs",
  "index.html",
  "import-map.html",
  "Chat.jsx",
];

const GET_USER = `
/** @param {Request} request @returns {Promise<object | null>} */
export const getUser = async (request) =>
  request.headers.get("cookie") === "session=1" ? {} : null;
`;

/** The reader's session check, which the examples import. */
const CHECKS = Object.entries({
  "auth.mjs": GET_USER,
  "node_modules/@/auth/package.json": `{ "name": "@/auth", "type": "module", "exports": { "types": "./index.d.ts", "default": "./index.js" } }\n`,
  "node_modules/@/auth/index.js": GET_USER,
  "node_modules/@/auth/index.d.ts": `export declare function getUser(request: Request): Promise<object | null>;\n`,
}).map(([file, code]) => ({ file, code, output: undefined }));

test(`the README has fewer than ${MOST_WORDS} words`, () => {
  const words = text.split(/\s+/).filter(Boolean).length;
  assert.ok(words < MOST_WORDS, `${words} words`);
});

test("every link of the README is absolute and resolves", async () => {
  const links = await support.checkLinks("README.md", text);
  assert.ok(links.length > 5);
  for (const link of links) assert.match(link, /^https:/);
});

test("the README's picture has an alternative text, and a version for dark pages", () => {
  const [, picture = ""] = /<picture>([^]*?)<\/picture>/.exec(text) ?? [];
  assert.match(picture, /<img\s[^>]*alt="[^"]{40,}"[^>]*src="https:[^"]+\/screenshot\.png"/);
  assert.match(
    picture,
    /media="\(prefers-color-scheme: dark\)"\s+srcset="https:[^"]+\/screenshot-dark\.png"/,
  );
});

test("these tests run every command of the README", () => {
  const RUN = [/^npx aiera-chat (ask|list)\b/, /^npx aiera-chat (mock|proxy)$/];
  const TESTED = [
    /^npm install aiera-chat$/,
    /^export AIERA_(API_KEY=(…|any)|BASE_URL=http:\S+)$/,
    ...RUN,
  ];
  for (const command of commands)
    assert.ok(
      TESTED.some((pattern) => pattern.test(command)),
      command,
    );
});

describe("the README's examples", () => {
  /** @type {Awaited<ReturnType<typeof toolchains>>} */
  let tools;
  /** @type {Awaited<ReturnType<typeof pack>>} */
  let packed;
  let folder = "";
  /** @type {(() => unknown)[]} */
  const ends = [];

  before(async () => {
    packed = await pack();
    folder = await project(packed.tarball);
    await support.writeExamples(folder, [...examples, ...CHECKS]);
    tools = await toolchains();
    for (const name of ["react", "react-dom", "@types"]) {
      const target = path.join(tools.folder, "node_modules", name);
      await symlink(target, path.join(folder, "node_modules", name));
    }
  });
  after(async () => {
    for (const end of ends.reverse()) await end();
    await tools?.close();
    await Promise.all([packed?.folder, folder].filter(Boolean).map(remove));
  });

  test("the README's examples pass tsc --strict", () => support.checkTypes(folder, examples));

  describe("print the output that the page shows", { concurrency: 3 }, () => {
    for (const example of examples) {
      if (OTHERS.includes(example.file)) continue;
      test(`${example.file} prints the output in the README`, () =>
        support.runExample(folder, example));
    }
  });

  test("the README's commands ask a question and list its session", async () => {
    const { mock, env, close } = await support.startMock();
    try {
      for (const command of commands.filter((line) => /aiera-chat (ask|list)\b/.test(line))) {
        await run("bash", ["-ec", command], { cwd: folder, env });
      }
      assert.match(await readFile(path.join(folder, "brief.md"), "utf8"), /What moved oil today\?/);
      assert.deepEqual(
        mock.requests.map(({ operation }) => operation).filter((name) => name !== "getSession"),
        ["createSession", "sendPrompt", "listSessions"],
      );
    } finally {
      await close();
    }
  });

  test("route.ts allows the requests that `authorize` accepts, with each method", async () => {
    const { mock, env, close } = await support.startMock();
    const outfile = path.join(folder, "route.out.mjs");
    const entryPoints = [path.join(folder, "app/api/aiera/[...path]/route.ts")];
    await build({ entryPoints, outfile, bundle: true, format: "esm", packages: "external" });
    const url = "http://localhost:3000/api/aiera/chat-v1/sessions";
    const headers = { "content-type": "application/json", cookie: "session=1" };
    const body = '{"prompt":"?"}';
    const before = { ...process.env };
    Object.assign(process.env, env);
    try {
      const { POST, GET, PATCH, DELETE } = await import(outfile);
      const strangers = { ...headers, cookie: "" };
      const refused = await POST(new Request(url, { method: "POST", headers: strangers, body }));
      assert.equal(refused.status, 403);
      const created = await POST(new Request(url, { method: "POST", headers, body }));
      assert.equal(created.status, 201);
      const one = `${url}/${(await created.json()).id}`;
      assert.equal((await GET(new Request(one, { headers }))).status, 200);
      const title = '{"title":"Oil"}';
      const patch = new Request(one, { method: "PATCH", headers, body: title });
      assert.equal((await PATCH(patch)).status, 200);
      const deletion = new Request(one, { method: "DELETE", headers });
      assert.equal((await DELETE(deletion)).status, 200);
      assert.equal(mock.requests.length, 4);
    } finally {
      process.env = before;
      await close();
    }
  });

  describe("in Chromium", () => {
    /** @type {import("playwright-core").Browser} */
    let browser;
    /** @type {Awaited<ReturnType<typeof support.startMock>>} */
    let api;

    before(async () => {
      browser = await launchBrowser();
      ends.push(() => browser.close());
      api = await support.startMock();
      ends.push(api.close);
    });

    /**
     * Starts a program in the project, and resolves with the address that it prints.
     * @param {string} command
     * @param {string[]} args
     * @param {Record<string, string>} env
     */
    async function start(command, args, env) {
      const child = spawn(command, args, { cwd: folder, env: { ...process.env, ...env } });
      ends.push(async () => {
        const ended = once(child, "exit");
        child.kill();
        await ended;
      });
      child.stderr.resume();
      const [printed] = await once(child.stdout, "data");
      return String(printed).trim();
    }

    /** @param {string} [origin] where the visitor has a session */
    async function openPage(origin) {
      const page = await browser.newPage();
      if (origin) await page.context().addCookies([{ name: "session", value: "1", url: origin }]);
      /** @type {string[]} */
      const problems = [];
      page.on("pageerror", (error) => problems.push(String(error)));
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) problems.push(message.text());
      });
      return { page, problems };
    }

    /**
     * A bundle in a page on the origin of server.mjs, under the documented policy. The server has no pages, so the test
     * serves this one.
     * @param {string} origin
     * @param {import("esbuild").BuildOptions} entry
     */
    async function openBundle(origin, entry) {
      const { outputFiles } = await build({
        bundle: true,
        format: "esm",
        minify: true,
        write: false,
        target: "es2022",
        jsx: "automatic",
        define: { "process.env.NODE_ENV": '"production"' },
        ...entry,
      });
      const security = await readFile(path.join(support.ROOT, "docs/security.md"), "utf8");
      const policy = /^Content-Security-Policy: (.+)$/m.exec(security)?.[1] ?? "";
      assert.match(policy, /wasm-unsafe-eval/);
      const { page, problems } = await openPage(origin);
      await page.route(`${origin}/`, (route) =>
        route.fulfill({
          contentType: "text/html; charset=utf-8",
          headers: { "content-security-policy": policy },
          body: `<!doctype html><body><script type="module" src="/bundle.js"></script></body>`,
        }),
      );
      await page.route(`${origin}/bundle.js`, (route) =>
        route.fulfill({ contentType: "text/javascript", body: outputFiles?.[0].text }),
      );
      await page.route(`${origin}/favicon.ico`, (route) => route.fulfill({ status: 204 }));
      await page.goto(`${origin}/`);
      return { page, problems };
    }

    describe("on the origin of server.mjs", () => {
      let origin = "";
      before(async () => {
        const port = await freePort();
        origin = await start(process.execPath, ["server.mjs"], { ...api.env, PORT: `${port}` });
        assert.equal(origin, `http://localhost:${port}`);
      });

      test("server.mjs refuses a request without a session", async () => {
        api.mock.reset();
        const url = `${origin}/api/aiera/chat-v1/sessions`;
        assert.equal((await fetch(url)).status, 403);
        assert.equal((await fetch(url, { headers: { cookie: "session=1" } })).status, 200);
        assert.equal(api.mock.requests.length, 1);
      });

      test("index.html asks without a bundler, with the import map", async () => {
        api.mock.reset();
        const read = (/** @type {string} */ file) => readFile(path.join(folder, file), "utf8");
        const [html, map] = await Promise.all(["index.html", "import-map.html"].map(read));
        const { page, problems } = await openPage(origin);
        const body = html.replace(/(?=<script)/, () => map);
        await page.route(`${origin}/`, (route) =>
          route.fulfill({ contentType: "text/html; charset=utf-8", body }),
        );
        await page.route(`${origin}/node_modules/**`, (route) =>
          route.fulfill({ path: path.join(folder, new URL(route.request().url()).pathname) }),
        );
        await page.route(`${origin}/favicon.ico`, (route) => route.fulfill({ status: 204 }));
        await page.goto(`${origin}/`);
        await page.getByRole("button", { name: "What moved gold?" }).click(PATIENCE);
        await page.getByText("You asked:").first().waitFor(PATIENCE);
        assert.deepEqual(problems, []);
        await page.close();
      });

      test("page.js shows the answer, and never receives the key", async () => {
        api.mock.reset();
        const entryPoints = [path.join(folder, "page.js")];
        const { page, problems } = await openBundle(origin, { entryPoints });
        await page.getByText("You asked: What did Apple say about services?").waitFor(PATIENCE);
        assert.ok(api.mock.requests.length > 1);
        for (const { headers } of api.mock.requests)
          assert.equal(headers["x-api-key"], support.KEY);
        assert.deepEqual(problems, []);
        await page.close();
      });

      test("page.js shows the reason of a refusal", async () => {
        api.mock.reset();
        api.mock.fail({ operation: "createSession", status: 403 });
        const entryPoints = [path.join(folder, "page.js")];
        const { page } = await openBundle(origin, { entryPoints });
        await page.getByText("HTTP 403").waitFor(PATIENCE);
        await page.close();
      });

      test("Chat.jsx asks a question and a follow-up in the same session", async () => {
        api.mock.reset();
        const contents = `
          import { StrictMode } from "react";
          import { createRoot } from "react-dom/client";
          import { Chat } from "./Chat.jsx";
          createRoot(document.body.appendChild(document.createElement("main"))).render(
            <StrictMode><Chat /></StrictMode>,
          );`;
        const stdin = /** @type {const} */ ({ contents, resolveDir: folder, loader: "jsx" });
        const { page, problems } = await openBundle(origin, { stdin });
        const box = page.getByLabel("Question");
        for (const prompt of ["What moved oil?", "And gold?"]) {
          await box.fill(prompt);
          await box.press("Enter");
          await page.getByText(`You asked: ${prompt}`).waitFor(PATIENCE);
        }
        assert.deepEqual(
          api.mock.requests.map(({ operation }) => operation).filter((it) => it !== "getSession"),
          ["createSession", "sendPrompt"],
        );
        assert.deepEqual(problems, []);
        await page.close();
      });
    });

    test("index.html asks through Vite and the command line's proxy, and resumes after a reload", async () => {
      api.mock.reset();
      const proxy = await start(
        path.join(folder, "node_modules/.bin/aiera-chat"),
        ["proxy", "-q", "--port", "0"],
        api.env,
      );
      assert.match(proxy, /^http:\/\/127\.0\.0\.1:\d+$/);
      const configFile = path.join(folder, "vite.config.mjs");
      const config = await readFile(configFile, "utf8");
      assert.ok(config.includes("http://127.0.0.1:8788"), "the proxy's default port");
      await writeFile(configFile, config.replace("http://127.0.0.1:8788", proxy));
      const server = { port: 0, host: "localhost" };
      const vite = await createVite({ root: folder, configFile, server, logLevel: "error" });
      ends.push(() => vite.close());
      await vite.listen();
      const url = vite.resolvedUrls?.local[0] ?? "";

      const { page, problems } = await openPage();
      await page.route("**/favicon.ico", (route) => route.fulfill({ status: 204 }));
      await page.goto(url);
      await page.getByRole("button", { name: "What moved gold?" }).click(PATIENCE);
      const answer = page.getByText("You asked:").first();
      await answer.waitFor(PATIENCE);
      await page.reload();
      await answer.waitFor(PATIENCE);
      const creates = api.mock.requests.filter(({ operation }) => operation === "createSession");
      assert.equal(creates.length, 1);
      assert.deepEqual(problems, []);
      await page.close();
    });
  });
});

/** @returns {Promise<number>} */
async function freePort() {
  const probe = createServer().listen(0, "localhost");
  await once(probe, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (probe.address());
  probe.close();
  await once(probe, "close");
  return port;
}
