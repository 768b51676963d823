// @ts-check
// The same, for those who load the module themselves.
export * from "./index.js";
export { init } from "./load/given.js";
