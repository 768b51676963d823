// @ts-check
// `npm test`: installs missing tools and browsers, builds the package, and runs every test, the innermost ring first.
import { readdirSync } from "node:fs";
import { browserPath } from "./lib/browser.mjs";
import { inRoot, run, say } from "./lib/run.mjs";
import { setUp } from "./lib/setup.mjs";

/** The folders of tests from outside the crate. Each folder's `*.test.mjs` run in one process. */
const FOLDERS = [
  "package",
  "cli",
  "faults",
  "browsers",
  "element",
  "react",
  "engines",
  "consumers",
  "examples",
  "readme",
  "e2e",
  "bench",
];

/** The folders whose subfolders have tests. Other subfolders are projects with their own test runners. */
const NESTED = ["package"];

/** Test files run one after another, since they share the processor. The timeout ends tests that hang. */
const NODE = ["--test", "--test-concurrency=1", "--test-timeout=600000"];

await setUp();
await browserPath();
const { buildPackage } = await import("./lib/package.mjs");
await buildPackage();

say("native tests");
await run("cargo", ["test", "--locked"]);
say("WebAssembly tests, on Node and in browsers");
const { runWasmTests } = await import("./lib/wasm-tests.mjs");
await runWasmTests();
for (const folder of FOLDERS) {
  say(`tests/${folder}`);
  const entries = readdirSync(inRoot("tests", folder), { recursive: NESTED.includes(folder) });
  const files = entries.map(String).filter((file) => file.endsWith(".test.mjs"));
  // Without a file, Node would run all tests.
  if (!files.length) throw new Error(`tests/${folder} holds no test`);
  await run(process.execPath, [...NODE, ...files.map((file) => inRoot("tests", folder, file))]);
}
