// @ts-check
// Builds the page to static files that run from any path, with the published form of the package.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("."),
  base: "./",
  publicDir: false,
  resolve: {
    // An app that installs the package needs no alias.
    alias: [
      { find: /^aiera-chat$/, replacement: here("../pkg/index.mjs") },
      { find: /^aiera-chat\/(\w+)$/, replacement: here("../pkg/$1.mjs") },
    ],
  },
  // Browsers that need the polyfill of modulepreload lack the WebAssembly features too.
  build: { target: "es2022", emptyOutDir: true, modulePreload: { polyfill: false } },
});
