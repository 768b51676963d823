// @ts-check
// `npm run bench`: runs all benchmarks. `npm run bench -- NAME…`: runs the named ones. `npm run bench -- publish` writes the
// latest results into the documentation.
import { parseArgs } from "node:util";
import { ensurePackage } from "../scripts/lib/fresh.mjs";
import { inRoot, run, say } from "../scripts/lib/run.mjs";
import { nodeModules, setUp } from "../scripts/lib/setup.mjs";

/** The benchmarks, in order. @type {Record<string, () => Promise<unknown>>} */
const QUESTIONS = {
  schedule: () => run("cargo", ["bench", "--locked", "--bench", "schedule"]),
  cost: async () => (await import("./cost/cost.mjs")).run(),
  start: async () => (await import("./start/start.mjs")).run(),
  cancellation: async () => (await import("./cancellation/cancellation.mjs")).run(),
  size: async () => (await import("./size/size.mjs")).run({ functions: values.functions }),
  lag: async () => (await import("./lag/lag.mjs")).run(),
  scale: async () => (await import("./scale/scale.mjs")).run(),
  safety: async () => (await import("./safety/safety.mjs")).run(),
  element: async () => (await import("./element/element.mjs")).run(),
  engines: async () => (await import("./engines/engines.mjs")).run(),
};
/** Commands that run only by name. `engines` needs Redis, and takes several minutes. */
const COMMANDS = {
  ...QUESTIONS,
  engines: async () => (await import("./engines/engines.mjs")).run(),
  publish: async () => (await import("./publish.mjs")).publish(),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  // With `size`: prints only the module's functions by size.
  options: { functions: { type: "boolean", default: false } },
});
const names = positionals.length ? positionals : Object.keys(QUESTIONS);
const unknown = names.find((name) => !Object.hasOwn(COMMANDS, name));
if (unknown !== undefined) {
  throw new Error(`There is no benchmark "${unknown}": use ${Object.keys(COMMANDS).join(", ")}`);
}
await setUp();
await nodeModules(inRoot("bench"), "the clients to measure", ["--ignore-scripts"]);
await ensurePackage();
for (const name of names) {
  say(name);
  await COMMANDS[/** @type {keyof typeof COMMANDS} */ (name)]();
}
