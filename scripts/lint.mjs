// @ts-check
// `npm run lint`: checks formatting, runs clippy natively and for WebAssembly, and checks types.
import { existsSync } from "node:fs";
import { inRoot, run, say } from "./lib/run.mjs";
import { setUp } from "./lib/setup.mjs";

await setUp();
if (
  !existsSync(inRoot("pkg", "package.json")) ||
  !existsSync(inRoot("target", "package", "wasm.js"))
) {
  // The tests and the demo are checked against the types of the built package.
  const { buildPackage } = await import("./lib/package.mjs");
  await buildPackage();
}

const CHECKS = [
  ["cargo", "fmt", "--all", "--check"],
  ["cargo", "clippy", "--locked", "--all-targets", "--", "-D", "warnings"],
  [
    "cargo",
    "clippy",
    "--locked",
    "--target",
    "wasm32-unknown-unknown",
    "--lib",
    "--test",
    "wasm",
    "--",
    "-D",
    "warnings",
  ],
  ["prettier", "--check", "."],
  ["tsc", "-p", "tsconfig.json"],
  ["tsc", "-p", "www"],
];
for (const [command, ...args] of CHECKS) {
  say([command, ...args].join(" "));
  await run(command, args);
}
