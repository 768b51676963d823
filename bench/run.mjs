// @ts-check
// `npm run bench`: all measurements, one after the other, or those that are named.
import { fileURLToPath } from "node:url";
import { run, say } from "../scripts/lib/run.mjs";
import { ensurePackage } from "../scripts/lib/fresh.mjs";
import { setUp } from "../scripts/lib/setup.mjs";

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
};

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !Object.hasOwn(QUESTIONS, name));
if (unknown)
  throw new Error(
    `no benchmark is called ${unknown}; there are ${Object.keys(QUESTIONS).join(", ")}`,
  );
await setUp();
const here = fileURLToPath(new URL(".", import.meta.url));
await run("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"], {
  cwd: here,
});
await ensurePackage();
for (const name of asked.length ? asked : Object.keys(QUESTIONS)) {
  say(name);
  await QUESTIONS[name]();
}
