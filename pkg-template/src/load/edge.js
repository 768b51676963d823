// @ts-check
// The module as an import of Vercel's edge runtime, which compiles no bytes. The query is part of its import syntax: it
// asks for a compiled `WebAssembly.Module`.
import { createGlue } from "#wasm";
// @ts-ignore: only the edge runtime resolves this import
import module from "./aiera_chat_bg.wasm?module";
import { single } from "./single.js";

async function start() {
  const glue = createGlue();
  await glue.default({ module_or_path: module });
  return glue;
}

const once = /* @__PURE__ */ single(start);
export const load = () => once.load();
export const loaded = () => once.loaded();
