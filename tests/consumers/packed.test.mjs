// @ts-check
// The packed package in an empty folder, as its users have it: its files, and that it works in Node (as ESM and CommonJS)
// against the mock on a real port.
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

/** Every file that is published. */
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
const SAID = [
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
    test(`node ${args.join(" ")}`, async () => {
      const known = process.allowedNodeEnvironmentFlags.has("--experimental-require-module");
      // Node 20 before 20.17 does not know the flag, and does what it asks for.
      const { stdout, stderr } = await ask(...args.filter((arg) => known || !arg.startsWith("--")));
      assert.deepEqual(stdout.trim().split("\n"), SAID);
      assert.equal(stderr, "");
    });
  }

  test("the request on the wire is the documented one", async () => {
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

  test("holds what it should, and nothing else", () => {
    assert.deepEqual(packed.files, FILES);
  });

  test("names no path of the machine that built it", async () => {
    for (const file of FILES) {
      const text = await readFile(path.join(PKG, file), "latin1");
      for (const place of [ROOT, homedir()])
        assert.ok(!text.includes(place), `${file} names ${place}`);
    }
  });

  test("has no dependency and no install script, and the crate's version", async () => {
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

  test("npm has nothing to correct before it publishes", async () => {
    const args = ["publish", "--dry-run", "--offline", "--ignore-scripts", "--loglevel=warn"];
    const { stdout, stderr } = await run("npm", args, { cwd: PKG });
    // What npm says of the machine's own settings, or of nobody being logged in, is not ours.
    const said = stderr
      .split("\n")
      .filter((line) => /^npm (warn (publish|package-json)|error)/.test(line))
      .filter((line) => !/logged in/.test(line));
    assert.deepEqual(said, []);
    assert.match(stdout + stderr, /aiera-chat@/);
  });

  test("publint and attw have nothing to say", async () => {
    await run(path.join(BIN, "publint"), ["--strict", PKG], { cwd: folder });
    const attw = path.join(BIN, "attw");
    // Two entries are ES modules alone; the rule that says so holds for the others.
    const modules = ["element", "react"];
    const others = ["--exclude-entrypoints", "aiera_chat_bg.wasm", ...modules];
    await run(attw, [packed.tarball, ...others], { cwd: folder });
    const alone = ["--entrypoints", ...modules, "--ignore-rules", "cjs-resolves-to-esm"];
    await run(attw, [packed.tarball, ...alone], { cwd: folder });
  });

  test("a bundle of the error class alone has no module in it", async () => {
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

  test("importing does nothing but define", async () => {
    const spy = `
      const touched = [];
      for (const name of ["WebAssembly", "fetch", "setTimeout", "queueMicrotask", "TextDecoder", "DecompressionStream"]) {
        const value = globalThis[name];
        Object.defineProperty(globalThis, name, { configurable: true, get() { touched.push(name); return value; } });
      }
      const before = touched.length;
      await import("aiera-chat");
      // Node's own loader may use some of them; what the package does shows in its own stack.
      console.log(JSON.stringify(touched.slice(before).filter((name) => name === "DecompressionStream" || name === "fetch")));`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", spy], {
      cwd: folder,
    });
    assert.equal(stdout.trim(), "[]");
  });
});
