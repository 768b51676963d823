// @ts-check
// The packed package in an empty folder: its files, and its use in Node (as ESM and CommonJS) with the mock on a real port.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { ENTRIES, TYPES } from "../../scripts/lib/entries.mjs";
import { pack, PKG, project, remove, run } from "../support/packed.mjs";
import { MOCK } from "./conversation.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BIN = path.join(ROOT, "node_modules", ".bin");
const QUESTION = "What were the key takeaways from Tesla Q1 2026 earnings?";

/** Every published file. */
const FILES = [
  "CHANGELOG.md",
  "LICENSE-APACHE",
  "LICENSE-MIT",
  "LICENSE-marked",
  "README.md",
  "aiera_chat_bg.wasm",
  "package.json",
  ...ENTRIES.flatMap(({ name, formats }) =>
    formats.map((format) => `${name}.${format === "esm" ? "mjs" : "cjs"}`),
  ),
  ...TYPES.flatMap((name) => [`${name}.d.mts`, `${name}.d.cts`]),
].sort();

/** A create and a poll with a client, and with the plain functions. */
const BODY = `
  const { apiKey, baseUrl } = { apiKey: process.env.AIERA_API_KEY, baseUrl: process.env.AIERA_BASE_URL };
  const chat = new AieraChat({ apiKey, baseUrl });
  const session = await chat.createSession({ prompt: ${JSON.stringify(QUESTION)} });
  const done = await chat.pollSession(session, { onUpdate: (s) => console.log(s.status), intervalMs: 20 });
  console.log(done.messages.at(-1).message_type);
  const options = { apiKey, baseUrl };
  const plain = await pollSession(await createSession({ prompt: "?" }, options), { ...options, intervalMs: 20 });
  console.log(plain.status);
  const answer = await chat.ask("And the margins?", { session: done, intervalMs: 20 });
  console.log(answer.text, answer.citations.map(({ label }) => label).join());
  const failed = await chat.pollSession(999_999).catch((error) => error);
  console.log(failed instanceof AieraChatError, failed instanceof Error, failed.code, failed.status);
`;
const OUTPUT = [
  "finding_sources",
  "generating_response",
  "active",
  "response",
  "active",
  "Deliveries rose. [c1] T1.2",
  "true true http 404",
];

describe("the packed package", () => {
  /** @type {Awaited<ReturnType<typeof pack>>} */
  let packed;
  /** @type {string} */
  let folder;
  /** @type {{ url: string, close: () => Promise<void> }} */
  let server;
  /** @type {import("../../pkg/testing.mjs").MockApi} */
  let mock;

  before(async () => {
    packed = await pack();
    folder = await project(packed.tarball, {
      "ask.mjs": `import { AieraChat, AieraChatError, createSession, pollSession } from "aiera-chat";\n${BODY}`,
      "ask.cjs": `const { AieraChat, AieraChatError, createSession, pollSession } = require("aiera-chat");
        (async () => {${BODY}})();`,
    });
    const { createMockApi } = await import("../../pkg/testing.mjs");
    const { serve } = await import("../../pkg/testing-node.mjs");
    mock = createMockApi({ ...MOCK, apiKey: "key-of-the-test" });
    server = await serve(mock, { port: 0 });
  });
  after(async () => {
    await server?.close();
    await Promise.all([packed?.folder, folder].filter(Boolean).map(remove));
  });

  const ask = (/** @type {string[]} */ ...args) =>
    run(process.execPath, args, {
      cwd: folder,
      env: { AIERA_API_KEY: "key-of-the-test", AIERA_BASE_URL: `${server.url}/api` },
    });

  for (const args of [["ask.mjs"], ["ask.cjs"], ["--no-experimental-require-module", "ask.cjs"]]) {
    test(`the package works with node ${args.join(" ")}`, async () => {
      const known = process.allowedNodeEnvironmentFlags.has("--experimental-require-module");
      // Node 20 before 20.17 lacks the flag, and behaves as if it were set.
      const { stdout, stderr } = await ask(...args.filter((arg) => known || !arg.startsWith("--")));
      assert.deepEqual(stdout.trim().split("\n"), OUTPUT);
      assert.equal(stderr, "");
    });
  }

  test("the package sends the documented request", async () => {
    const before = mock.requests.length;
    await ask("ask.mjs");
    const [created, polled] = mock.requests.slice(before);
    assert.equal(`${created.method} ${created.path}`, "POST /chat-v1/sessions");
    assert.equal(created.headers["x-api-key"], "key-of-the-test");
    assert.equal(created.headers["content-type"], "application/json");
    assert.equal(created.body, JSON.stringify({ prompt: QUESTION }));
    assert.match(polled.url, /\/api\/chat-v1\/sessions\/\d+\?include_messages=true$/);
    assert.equal(polled.method, "GET");
    assert.equal(polled.body, "");
  });

  test("the package holds exactly the listed files", () => {
    assert.deepEqual(packed.files, FILES);
  });

  test("the package names no path of the machine that built it", async () => {
    for (const file of FILES) {
      const text = await readFile(path.join(PKG, file), "latin1");
      for (const place of [ROOT, homedir()])
        assert.ok(!text.includes(place), `${file} names ${place}`);
    }
  });

  test("the package has the crate's version, no dependency and no install script", async () => {
    const manifest = JSON.parse(await readFile(path.join(PKG, "package.json"), "utf8"));
    for (const name of ["dependencies", "optionalDependencies", "scripts"]) {
      assert.equal(manifest[name], undefined, name);
    }
    for (const name of Object.keys(manifest.peerDependencies ?? {})) {
      assert.equal(manifest.peerDependenciesMeta?.[name]?.optional, true, name);
    }
    const crate = await readFile(path.join(ROOT, "Cargo.toml"), "utf8");
    assert.equal(manifest.version, /^version = "(.+)"$/m.exec(crate)?.[1]);
  });

  test("npm publish corrects nothing in the package", async () => {
    const args = ["publish", "--dry-run", "--offline", "--ignore-scripts", "--loglevel=warn"];
    const { stdout, stderr } = await run("npm", args, { cwd: PKG });
    // Ignores npm's messages about the machine's settings and about the login.
    const output = stderr
      .split("\n")
      .filter((line) => /^npm (warn (publish|package-json)|error)/.test(line))
      .filter((line) => !/logged in/.test(line));
    assert.deepEqual(output, []);
    assert.match(stdout + stderr, /aiera-chat@/);
  });

  test("publint and attw report nothing", async () => {
    await run(path.join(BIN, "publint"), ["--strict", PKG], { cwd: folder });
    const attw = path.join(BIN, "attw");
    // Two entries are ES modules only, so that rule does not apply to them.
    const modules = ["element", "react"];
    const others = ["--exclude-entrypoints", "aiera_chat_bg.wasm", ...modules];
    await run(attw, [packed.tarball, ...others], { cwd: folder });
    const alone = ["--entrypoints", ...modules, "--ignore-rules", "cjs-resolves-to-esm"];
    await run(attw, [packed.tarball, ...alone], { cwd: folder });
  });

  test("a bundle of only the error class does not contain the module", async () => {
    const bundled = await build({
      stdin: { contents: `export { AieraChatError } from "aiera-chat";`, resolveDir: folder },
      bundle: true,
      minify: true,
      format: "esm",
      write: false,
    });
    const { text } = bundled.outputFiles[0];
    assert.ok(text.includes("AieraChatError"));
    assert.ok(text.length < 1_500, `${text.length} bytes`);
  });

  test("an import of the package has no side effects", async () => {
    const spy = `
      const touched = [];
      for (const name of ["WebAssembly", "fetch", "setTimeout", "queueMicrotask", "TextDecoder", "DecompressionStream"]) {
        const value = globalThis[name];
        Object.defineProperty(globalThis, name, { configurable: true, get() { touched.push(name); return value; } });
      }
      const before = touched.length;
      await import("aiera-chat");
      // Node's loader may use some of them, so the stack decides.
      console.log(JSON.stringify(touched.slice(before).filter((name) => name === "DecompressionStream" || name === "fetch")));`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", spy], {
      cwd: folder,
    });
    assert.equal(stdout.trim(), "[]");
  });
});
