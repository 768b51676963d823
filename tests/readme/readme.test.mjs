// @ts-check
// Each JavaScript example of the README, pasted into an empty project with the packed package, against the mock on a port.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { pack, project, remove, run } from "../support/packed.mjs";

const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
const examples = [...readme.matchAll(/^```js\n([^]*?)^```/gm)].map(([, code]) => code);

/** What an example prints, by words in it; one that is for a page is refused outside of one, which says so. */
const PRINTS = /** @type {[string, RegExp][]} */ ([
  ["findLast", /\S/],
  ["require(", /^active$/m],
  ["createProxyHandler", /^http:\/\/localhost:\d+\/api\/aiera$/m],
  ["for await", /^active$/m],
  ["timeoutMs: 40", /^active$/m],
  ["AbortSignal.timeout", /^AbortError aborted$/m],
  ["createMockApi", /^active \d+$/m],
  ["slim", /^finding_sources$/m],
]);

describe("the README's examples", () => {
  /** @type {Awaited<ReturnType<typeof pack>>} */
  let packed;
  /** @type {string} */
  let folder;
  /** @type {{ url: string, close: () => Promise<void> }} */
  let server;

  before(async () => {
    packed = await pack();
    folder = await project(packed.tarball);
    const { createMockApi } = await import("../../pkg/testing.mjs");
    const { serve } = await import("../../pkg/testing-node.mjs");
    const stages = [
      { status: "finding_sources", ms: 400 },
      { status: "generating_response", ms: 400 },
      { status: "active" },
    ];
    const mock = createMockApi({ apiKey: "key-of-the-readme", stages, firstId: 2229 });
    server = await serve(mock, { port: 0 });
    await mock.fetch("https://mock.example/chat-v1/sessions", {
      method: "POST",
      headers: { "X-API-Key": "key-of-the-readme", "Content-Type": "application/json" },
      body: JSON.stringify({ prompt: "the session that an example watches" }),
    });
  });
  after(async () => {
    await server?.close();
    await Promise.all([packed?.folder, folder].filter(Boolean).map(remove));
  });

  test("are all here", () => assert.equal(examples.length, PRINTS.length + 1));

  examples.forEach((code, at) => {
    const title = /"(Wh?[^"]{0,40}|[^"]*)"/.exec(code)?.[1] ?? "";
    test(`example ${at + 1}: ${title}`, async () => {
      const file = path.join(folder, `example-${at}.${code.includes("require(") ? "cjs" : "mjs"}`);
      await writeFile(file, code);
      const env = { AIERA_API_KEY: "key-of-the-readme", AIERA_BASE_URL: server.url };
      const ran = run(process.execPath, [file], { cwd: folder, env });
      const prints = PRINTS.find(([words]) => code.includes(words))?.[1];
      if (prints) assert.match((await ran).stdout, prints);
      // The one for a page: a path needs a page's origin.
      else await assert.rejects(ran, /in a page a path on its own origin/);
    });
  });
});
