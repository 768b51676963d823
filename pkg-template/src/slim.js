// @ts-check
// The main entry for callers who load the module themselves.
export * from "./index.js";
export { init } from "./load/provided.js";
