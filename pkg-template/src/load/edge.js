// @ts-check
// Imports the module on Vercel's edge runtime, which forbids compiling bytes. The query is part of its import syntax: it
// requests a compiled `WebAssembly.Module`.
// @ts-ignore: only the edge runtime resolves this import
import module from "./aiera_chat_bg.wasm?module";
import { single } from "./single.js";
import { start } from "./start.js";

const once = /* @__PURE__ */ single(() => start(module));
export const load = () => once.load();
export const loaded = () => once.loaded();
