// @ts-check
// Whether something built is older than what it is built from, and the package built where it is. Node's own modules
// only until the set-up is done.
import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { inRoot } from "./run.mjs";

/** What the package is made of. Where the page is made, and how, is no reason to build it again. */
const PACKAGE_SOURCES = [
  "src",
  "pkg-template",
  "Cargo.toml",
  "Cargo.lock",
  "rust-toolchain.toml",
  "scripts/lib/package.mjs",
  "scripts/lib/optimise.mjs",
  "scripts/lib/entries.mjs",
];

/**
 * When the newest file at or under one of these was changed; 0 where there is none.
 * @param {string[]} places
 * @returns {number} milliseconds
 */
export function newest(places) {
  return Math.max(0, ...places.filter((place) => existsSync(place)).map(changedAt));
}

/** @param {string} place */
function changedAt(place) {
  const entry = statSync(place);
  if (!entry.isDirectory()) return entry.mtimeMs;
  return newest(readdirSync(place).map((name) => path.join(place, name)));
}

/** Builds the package where it is missing, or older than its sources. */
export async function ensurePackage() {
  const built = newest([inRoot("pkg", "package.json")]);
  if (built > newest(PACKAGE_SOURCES.map((place) => inRoot(place)))) return;
  const { buildPackage } = await import("./package.mjs");
  await buildPackage();
}
