// @ts-check
// `npm run demo`: builds the demo page to static files in www/dist. They run on the embedded mock, on any path of any web server.
import path from "node:path";
import { ensurePackage } from "./lib/fresh.mjs";
import { inRoot, say } from "./lib/run.mjs";
import { setUp } from "./lib/setup.mjs";

export const DIST = inRoot("www", "dist");

/** @param {string} [outDir] */
export async function buildDemo(outDir = DIST) {
  const { build } = await import("vite");
  const configFile = inRoot("www", "vite.config.mjs");
  await build({ configFile, logLevel: "warn", build: { outDir } });
}

if (process.argv[1] === inRoot("scripts", "demo.mjs")) {
  await setUp();
  await ensurePackage();
  await buildDemo();
  say(`the page is in ${path.relative(process.cwd(), DIST) || "."}`);
}
