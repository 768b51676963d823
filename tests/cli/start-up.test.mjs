// @ts-check
// The modules that the command line loads: help, completion and usage errors load neither the client nor a server.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { api, install, run } from "./support.mjs";

describe("the modules of a command", () => {
  /** @type {Awaited<ReturnType<typeof install>>} */
  let installed;

  before(async () => {
    installed = await install();
  });
  after(() => installed?.remove());

  /**
   * The package's files that ran, according to the engine's coverage, and the modules of Node that were loaded.
   * @param {string[]} args
   */
  async function loadedBy(args) {
    const folder = await mkdtemp(path.join(installed.folder, "loaded-"));
    const probe = path.join(folder, "probe.mjs");
    const list = path.join(folder, "modules.json");
    await writeFile(
      probe,
      `import { writeFileSync } from "node:fs";
       process.on("exit", () =>
         writeFileSync(${JSON.stringify(list)}, JSON.stringify(process.moduleLoadList)));`,
    );
    const coverage = path.join(folder, "coverage");
    const result = await run(installed.bin, args, {
      env: { NODE_OPTIONS: `--import=${pathToFileURL(probe)}`, NODE_V8_COVERAGE: coverage },
    });
    const [report] = await readdir(coverage);
    const { result: scripts } = JSON.parse(await readFile(path.join(coverage, report), "utf8"));
    const files = scripts
      .map(
        (/** @type {{ url: string }} */ { url }) =>
          /\/aiera-chat\/([\w-]+\.[cm]?js)$/.exec(url)?.[1],
      )
      .filter(Boolean);
    const modules = new Set(
      JSON.parse(await readFile(list, "utf8")).map((/** @type {string} */ name) =>
        name.replace(/^NativeModule /, ""),
      ),
    );
    return { ...result, files, modules };
  }

  for (const args of [
    ["help"],
    ["ask", "--help"],
    ["--version"],
    ["completion", "bash"],
    ["aks"],
    ["ask", "x", "--nope"],
    ["wait", "x"],
  ]) {
    test(`aiera-chat ${args.join(" ")} loads only cli.mjs, and not node:http`, async () => {
      const { files, modules } = await loadedBy(args);
      assert.deepEqual(files, ["cli.mjs"]);
      for (const name of ["http", "https", "http2", "crypto", "child_process", "readline"]) {
        assert.equal(modules.has(name), false, name);
      }
      assert.ok(modules.has("fs"), "the list is read");
    });
  }

  test("help starts quickly", (t) => {
    /** @param {string[]} args */
    const median = (args) => {
      const times = Array.from({ length: 7 }, () => {
        const at = performance.now();
        assert.equal(spawnSync(process.execPath, args).status, 0);
        return performance.now() - at;
      });
      return Math.round(times.sort((one, other) => one - other)[3]);
    };
    const cli = path.join(installed.folder, "node_modules", "aiera-chat", "cli.mjs");
    t.diagnostic(
      `node -e 0: ${median(["-e", "0"])} ms, aiera-chat help: ${median([cli, "help"])} ms`,
    );
  });

  test("list loads the client, but neither proxy nor mock", async (t) => {
    const service = await api();
    t.after(service.close);
    const { code, files } = await loadedBy(["list", "--base-url", service.url]);
    assert.equal(code, 0);
    assert.deepEqual(files.sort(), ["cli.mjs", "index.mjs"]);
  });
});
