// @ts-check
// The recipes of examples/, unchanged, with the packed package and the mock on loopback; pages in Chromium.
// frameworks.test.mjs runs those that Vite builds.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, readFile, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { text } from "node:stream/consumers";
import { beforeEach, describe, test } from "node:test";
import { createMockApi } from "../../pkg/testing.mjs";
import { serve } from "../../pkg/testing-node.mjs";
import { copyOf, EXAMPLES, KEY, LOCAL, open, setUpRecipes } from "./recipes.mjs";

const STAGES = [
  { status: "finding_sources", ms: 300 },
  { status: "generating_response", ms: 300 },
  { status: "active" },
];
const RECIPES = [
  "ai-sdk",
  "assistant-ui",
  "cloudflare-worker",
  "dashboard",
  "many",
  "next",
  "react",
  "svelte",
  "vue",
];
/** Folders with tests in other files. */
const ELSEWHERE = ["queue", "durable", "cloudflare-workflow"];
const answer = (/** @type {string} */ prompt) => `About: ${prompt}`;

describe("recipes", () => {
  const setting = setUpRecipes();
  /** @type {ReturnType<typeof createMockApi>} */
  let mock;
  /** @type {Awaited<ReturnType<typeof serve>>} */
  let api;
  /** @type {Record<string, string>} */
  let env;

  beforeEach(() => start({}));

  /** @param {import("../../pkg/testing.mjs").MockApiOptions} options */
  async function start(options) {
    mock = createMockApi({ apiKey: KEY, stages: STAGES, answer, ...options });
    const started = (api = await serve(mock));
    setting.ends.push(() => started.close());
    env = { AIERA_API_KEY: KEY, AIERA_BASE_URL: api.url };
  }

  /** @param {string} name */
  async function recipe(name) {
    const { folder, remove } = await copyOf(setting.tools.folder, name);
    setting.ends.push(remove);
    return folder;
  }

  const count = (/** @type {string} */ operation) =>
    mock.requests.filter((request) => request.operation === operation).length;

  /**
   * @param {string} file
   * @param {{ cwd: string, args?: string[], input?: string, more?: Record<string, string> }} how
   */
  async function script(file, { cwd, args = [], input = "", more }) {
    const child = spawn(process.execPath, [file, ...args], {
      cwd,
      env: { ...process.env, ...env, ...more },
    });
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.stdin.end(input);
    const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { out, err, code };
  }

  test("every recipe has a README, and requires versions that are tested here", async () => {
    const folders = (await readdir(EXAMPLES, { withFileTypes: true })).filter((entry) =>
      entry.isDirectory(),
    );
    const names = folders.map(({ name }) => name).filter((name) => !ELSEWHERE.includes(name));
    assert.deepEqual(names.sort(), RECIPES);
    const own = JSON.parse(
      await readFile(new URL("../../pkg/package.json", import.meta.url), "utf8"),
    );
    for (const name of names) {
      const readme = await readFile(path.join(EXAMPLES, name, "README.md"), "utf8");
      const lines = readme.split("\n");
      assert.ok(lines.length >= 3 && lines.length <= 14, name);
      const { dependencies, devDependencies } = JSON.parse(
        await readFile(path.join(EXAMPLES, name, "package.json"), "utf8"),
      );
      for (const [dependency, range] of Object.entries({ ...dependencies, ...devDependencies })) {
        // esbuild and workerd replace wrangler.
        if (dependency === "wrangler") continue;
        if (dependency === "aiera-chat") {
          assert.ok(["file:../../pkg", `^${own.version}`].includes(range), `${name}: ${range}`);
          if (range !== "file:../../pkg") continue;
          assert.match(
            readme,
            /comes from `\.\.\/\.\.\/pkg`: run `npm run build` at the root/,
            name,
          );
          // With a link, the package would resolve another React than the recipe's.
          const isCopied = !dependencies.react || existsSync(path.join(EXAMPLES, name, ".npmrc"));
          assert.ok(isCopied, `${name} installs a copy`);
          continue;
        }
        const manifest = path.join(
          setting.tools.folder,
          "node_modules",
          dependency,
          "package.json",
        );
        const { version } = JSON.parse(await readFile(manifest, "utf8"));
        assert.equal(range, `^${version}`, `${name}: ${dependency}`);
      }
    }
  });

  test("ask.mjs works in Node with the installed package", async () => {
    const cwd = await recipe("many");
    await cp(path.join(EXAMPLES, "ask.mjs"), path.join(cwd, "ask.mjs"));
    const { out, err, code } = await script("ask.mjs", { cwd, args: ["Tesla?"] });
    assert.equal(code, 0, err);
    assert.match(out, /^About: Tesla\?/);
    assert.match(err, /finding_sources[^]*active/);
  });

  test("the recipe many limits the concurrent questions, and stores each answer with its question", async () => {
    const cwd = await recipe("many");
    const input = await readFile(path.join(cwd, "questions.txt"), "utf8");
    const { out, err, code } = await script("many.mjs", { cwd, input, more: { AT_ONCE: "2" } });
    assert.equal(code, 0, err);
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const questions = input.trim().split("\n");
    assert.deepEqual(lines.map(({ prompt }) => prompt).sort(), [...questions].sort());
    for (const line of lines)
      assert.match(line.answer, new RegExp(`^About: ${line.prompt.slice(0, 10)}`));
    assert.equal(new Set(lines.map(({ id }) => id)).size, questions.length);
    // The third session is created only after the first is finished, and each session takes 600 ms.
    const created = mock.requests.filter(({ operation }) => operation === "createSession");
    for (let i = 2; i < created.length; i++) {
      assert.ok(created[i].at - created[i - 2].at >= 600, `question ${i + 1}`);
    }
  });

  test("in the recipe many, a failed question does not stop the others, but a refused key does", async () => {
    const cwd = await recipe("many");
    const quick = (/** @type {string} */ prompt) => [
      { status: "finding_sources", ms: 100 },
      { status: prompt === "bad" ? "generating_response_error" : "active" },
    ];
    await start({ stages: quick });
    const first = await script("many.mjs", { cwd, input: "good\nbad\nwell\n" });
    assert.equal(first.code, 1);
    const codes = first.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      Object.fromEntries(codes.map(({ prompt, code }) => [prompt, code ?? "answered"])),
      { good: "answered", bad: "session_failed", well: "answered" },
    );
    const more = { AIERA_API_KEY: "another-key", AT_ONCE: "1" };
    const second = await script("many.mjs", { cwd, input: "a\nb\nc\n", more });
    assert.equal(second.code, 1);
    assert.match(second.out, /"code":"http"/);
    assert.equal(second.out.trim().split("\n").length, 1, "the others are not tried");
  });

  test("the dashboard shows tiles, and a reload creates no sessions", async () => {
    const cwd = await recipe("dashboard");
    const child = spawn(process.execPath, ["server.mjs"], {
      cwd,
      env: { ...process.env, ...env, PORT: "0" },
    });
    setting.ends.push(async () => {
      const closed = new Promise((resolve) => child.once("close", resolve));
      child.kill();
      await closed;
    });
    const address = await new Promise((resolve, reject) => {
      child.stdout.once("data", (output) => resolve(/http:\S+/.exec(String(output))?.[0]));
      child.stderr.once("data", (output) => reject(new Error(String(output))));
    });
    const { page, close } = await open(setting.browser, address);
    const tiles = page.locator("section");
    await page.locator("section:has-text('About: What moved oil?')").waitFor();
    await page.waitForFunction(() =>
      [...document.querySelectorAll("[role=status]")].every((e) => e.textContent === "active"),
    );
    assert.equal(await tiles.count(), 3);
    assert.equal(count("createSession"), 3);
    await page.reload();
    await page.locator("section:has-text('About: What moved gold?')").waitFor();
    assert.equal(count("createSession"), 3, "a reload resumes the same sessions");
    await close();

    for (const path of ["/server.mjs", "/package.json", "/../package.json", "/node_modules/"]) {
      assert.equal((await fetch(address + path)).status, 404, path);
    }
  });

  test("in the recipe next, the client component asks through the route handler, which holds the key", async () => {
    const cwd = await recipe("next");
    // As in a clone, whose root has another TypeScript configuration.
    const root = fileURLToPath(new URL("../../", import.meta.url));
    for (const name of ["tsconfig.json", "pkg"]) {
      const copy = path.join(setting.tools.folder, name);
      await cp(path.join(root, name), copy, { recursive: true });
      setting.ends.push(() => rm(copy, { recursive: true }));
    }
    // Without the key, since a build does not need it.
    await setting.tools.run("next", ["build"], { cwd });
    const args = ["start", "--port", "0", "--hostname", "127.0.0.1"];
    const server = await setting.tools.serve("next", args, { cwd, env, addressPattern: LOCAL });
    setting.ends.push(server.stop);
    const { page, close } = await open(setting.browser, server.address);
    await page.getByLabel("Question").fill("Gold?");
    await page.getByRole("button", { name: "Ask" }).click();
    await page.getByText("About: Gold?").waitFor();
    assert.equal(mock.requests[0].headers["x-api-key"], KEY);
    await close();
    const other = await fetch(`${server.address}/api/aiera/chat-v1/other`);
    assert.ok(other.status >= 400);
  });

  test("the cloudflare-worker recipe works in workerd, for pages of the listed origins", async () => {
    const cwd = await recipe("cloudflare-worker");
    const options = ["--bundle", "--format=esm", "--outdir=out", "--log-level=warning"];
    const conditions = "--conditions=workerd,worker,browser";
    await setting.tools.run("esbuild", ["worker.js", conditions, ...options], { cwd });
    await cp(
      fileURLToPath(new URL("worker.capnp", import.meta.url)),
      path.join(cwd, "config.capnp"),
    );
    const origin = "https://app.example";
    const worker = await setting.tools.serve(
      "workerd",
      ["serve", "config.capnp", "--control-fd=3"],
      {
        cwd,
        env: { ...env, ALLOWED_ORIGINS: `${origin} https://other.example` },
        control: true,
        addressPattern: /"port":(\d+)/,
      },
    );
    setting.ends.push(worker.stop);
    const { AieraChat } = await import("../../pkg/index.mjs");
    const baseUrl = `http://127.0.0.1:${worker.address}`;
    const chat = new AieraChat({ baseUrl, headers: { Origin: origin } });
    const done = await chat.pollSession(await chat.createSession({ prompt: "Silver?" }));
    assert.match(done.messages?.at(-1)?.blocks?.[0].content ?? "", /^About: Silver\?/);
    assert.equal(mock.requests[0].headers["x-api-key"], KEY);

    const before = mock.requests.length;
    const stranger = new AieraChat({ baseUrl, headers: { Origin: "https://evil.example" } });
    await assert.rejects(stranger.createSession({ prompt: "?" }), { code: "http", status: 403 });
    assert.equal(mock.requests.length, before, "the service receives no request");
  });
});
