// @ts-check
// How the page is built: to static files that run from any path, with the package as it is published.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("."),
  base: "./",
  publicDir: false,
  resolve: {
    // In an app of its own these are the package's entries, found without a word here.
    alias: [
      { find: /^aiera-chat$/, replacement: here("../pkg/index.mjs") },
      { find: /^aiera-chat\/(\w+)$/, replacement: here("../pkg/$1.mjs") },
    ],
  },
  // A polyfill would be in every page for browsers that have no WebAssembly features to speak of either.
  build: { target: "es2022", emptyOutDir: true, modulePreload: { polyfill: false } },
});
