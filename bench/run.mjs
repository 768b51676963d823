// @ts-check
// `npm run bench`: all measurements, one after the other, and plots of them; or what is named.
import { inRoot, run, say } from "../scripts/lib/run.mjs";
import { ensurePackage } from "../scripts/lib/fresh.mjs";
import { nodeModules, setUp } from "../scripts/lib/setup.mjs";

/** @type {Record<string, () => Promise<unknown>>} */
const QUESTIONS = {
  schedule: () => run("cargo", ["bench", "--locked", "--bench", "schedule"]),
  cost: () => import("./cost.mjs"),
  start: () => import("./start.mjs"),
  prompt: () => import("./prompt.mjs"),
  size: () => import("./size.mjs"),
  lag: () => import("./lag.mjs"),
  scale: () => import("./scale.mjs"),
  safety: () => import("./safety.mjs"),
  plots: () => import("./plots.mjs"),
};
/** What else can be named. */
const KNOWN = { ...QUESTIONS, publish: () => import("./publish.mjs") };

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !Object.hasOwn(KNOWN, name));
if (unknown)
  throw new Error(`no benchmark is called ${unknown}; there are ${Object.keys(KNOWN).join(", ")}`);
await setUp();
await nodeModules(inRoot("bench"), "the clients to measure", ["--ignore-scripts"]);
await ensurePackage();
for (const name of asked.length ? asked : Object.keys(QUESTIONS)) {
  say(name);
  await KNOWN[/** @type {keyof typeof KNOWN} */ (name)]();
}
