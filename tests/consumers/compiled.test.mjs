// @ts-check
// The packed package compiled to ES5 by Babel and by TypeScript, as in projects with old targets; and newer syntax of its
// callers: `await using`, and a module namespace as options.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import { createMockApi } from "../../pkg/testing.mjs";
import { serve } from "../../pkg/testing-node.mjs";
import { run } from "../support/packed.mjs";
import { toolchains } from "../support/toolchains.mjs";

const TSC = fileURLToPath(new URL("../../node_modules/.bin/tsc", import.meta.url));
const RESULT = {
  status: "active",
  statuses: ["finding_sources", "active"],
  text: "Deliveries rose.",
  error: { ours: true, native: true, plain: false, code: "http", status: 404, attempts: 1 },
};

describe("compiled", () => {
  /** @type {Awaited<ReturnType<typeof toolchains>>} */
  let tools;
  /** @type {Awaited<ReturnType<typeof serve>>} */
  let api;
  /** @type {ReturnType<typeof createMockApi>} */
  let mock;
  let cwd = "";

  before(async () => {
    tools = await toolchains();
    cwd = await tools.consumer("compiled");
    const stages = [{ status: "finding_sources", polls: 1 }, { status: "active" }];
    mock = createMockApi({ stages, answer: "Deliveries rose." });
    api = await serve(mock);
  });
  after(async () => {
    await api?.close();
    await tools?.close();
  });

  /**
   * The output of a script of the consumer, parsed as JSON.
   * @param {string[]} args
   */
  async function printed(...args) {
    const env = { AIERA_BASE_URL: api.url };
    const { stdout } = await run(process.execPath, args, { cwd, env });
    return JSON.parse(stdout);
  }

  /**
   * Compiles the script and the package's ESM entry, and runs both.
   * @param {string} name
   * @param {(code: string) => string} compile to a CommonJS module
   */
  async function compiled(name, compile) {
    const entry = path.join(tools.folder, "node_modules", "aiera-chat", "index.mjs");
    const script = await readFile(path.join(cwd, "ask.mjs"), "utf8");
    await writeFile(path.join(cwd, `${name}-entry.cjs`), compile(await readFile(entry, "utf8")));
    const local = script.replace(`"aiera-chat"`, `"./${name}-entry.cjs"`);
    await writeFile(path.join(cwd, `${name}.cjs`), compile(local));
    return printed(`${name}.cjs`);
  }

  for (const loose of [true, false]) {
    test(`the package works compiled to ES5 by Babel, ${loose ? "loose" : "strict"}`, async () => {
      const require = createRequire(path.join(cwd, "babel.cjs"));
      const { transformSync } = require("@babel/core");
      const preset = [require.resolve("@babel/preset-env"), { targets: { ie: "11" }, loose }];
      const options = {
        presets: [preset],
        plugins: [require.resolve("@babel/plugin-transform-modules-commonjs")],
        sourceType: "module",
        babelrc: false,
        configFile: false,
        compact: false,
      };
      const result = await compiled(`babel-${loose}`, (code) => transformSync(code, options).code);
      assert.deepEqual(result, RESULT);
    });
  }

  for (const [useDefineForClassFields, fields] of /** @type {const} */ ([
    [false, "assigned"],
    [true, "defined"],
  ])) {
    test(`the package works compiled to ES5 by TypeScript, fields ${fields}`, async () => {
      const typescript = createRequire(path.join(cwd, "typescript.cjs"))("typescript-5.0");
      const compilerOptions = {
        target: typescript.ScriptTarget.ES5,
        module: typescript.ModuleKind.CommonJS,
        downlevelIteration: true,
        useDefineForClassFields,
      };
      const result = await compiled(
        `typescript-${fields}`,
        (code) => typescript.transpileModule(code, { compilerOptions }).outputText,
      );
      assert.deepEqual(result, RESULT);
    });
  }

  test("`await using` of a watch, compiled by TypeScript, stops polling", async () => {
    const options = ["--target", "es2022", "--lib", "es2022,esnext.disposable,dom"];
    const modules = ["--module", "node16", "--moduleResolution", "node16", "--types", ""];
    await run(TSC, ["--ignoreConfig", "--strict", ...options, ...modules, "using.mts"], { cwd });
    await stops(await printed("using.mjs"));
  });

  test("`await using` of a watch, compiled by esbuild, stops polling", async () => {
    const code = await readFile(path.join(cwd, "using.mts"), "utf8");
    const built = await transform(code, { loader: "ts", target: "node20", format: "esm" });
    await writeFile(path.join(cwd, "using-esbuild.mjs"), built.code);
    await stops(await printed("using-esbuild.mjs"));
  });

  test("a module namespace works as client, call and poll options", async () => {
    const { status, code, message } = await printed("namespace.mjs");
    assert.equal(status, "active");
    assert.equal(code, "invalid_argument");
    assert.match(message, /apikey/);
    assert.match(message, /apiKey/);
  });
});

/** @param {{ statuses: string[], left: number, polls: number }} result */
async function stops({ statuses, left, polls }) {
  assert.deepEqual(statuses, ["finding_sources"]);
  // The loop ends after the first state. A second poll may have begun by then, but no later one.
  assert.ok(left >= 1);
  assert.equal(polls, left);
}
