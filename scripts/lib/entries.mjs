// @ts-check
// The package's entries, with their sources and the loaders of the module.

/**
 * @typedef {object} Entry
 * @property {string} source under pkg-template/src
 * @property {string} name in the package
 * @property {("esm" | "cjs")[]} formats
 * @property {"inline" | "provided" | "worker" | "edge"} [load] the loader, if the module is needed
 * @property {"node" | "neutral"} [platform]
 * @property {string[]} [siblings] the entries that it imports instead of bundling a copy
 */

/** @type {Entry[]} */
export const ENTRIES = [
  { source: "index.js", name: "index", load: "inline", formats: ["esm", "cjs"] },
  { source: "index.js", name: "worker", load: "worker", formats: ["esm"] },
  { source: "index.js", name: "edge", load: "edge", formats: ["esm"] },
  { source: "slim.js", name: "slim", load: "provided", formats: ["esm", "cjs"] },
  { source: "proxy/index.js", name: "proxy", formats: ["esm", "cjs"] },
  { source: "proxy/node.js", name: "proxy-node", formats: ["esm", "cjs"], platform: "node" },
  { source: "testing/index.js", name: "testing", formats: ["esm", "cjs"] },
  { source: "testing/node.js", name: "testing-node", formats: ["esm", "cjs"], platform: "node" },
  { source: "element/index.js", name: "element", formats: ["esm"], siblings: ["index"] },
  {
    source: "react/index.js",
    name: "react",
    formats: ["esm"],
    siblings: ["index", "react-widget"],
  },
  { source: "react/widget.js", name: "react-widget", formats: ["esm"], siblings: ["element"] },
  { source: "cli/bin.js", name: "cli", formats: ["esm"], platform: "node" },
  { source: "cli/mock-bin.js", name: "cli-mock", formats: ["esm"], platform: "node" },
];

/** The declaration files: one for each importable entry, and `answer`, which `index` re-exports. */
export const TYPES = [
  "answer",
  "index",
  "slim",
  "element",
  "react",
  "proxy",
  "proxy-node",
  "testing",
  "testing-node",
];
