// @ts-check
// The module as an import: Cloudflare Workers may not compile bytes, but hand out compiled modules.
import { createGlue } from "#wasm";
// @ts-ignore: the runtime's own kind of import
import module from "./aiera_chat_bg.wasm";
import { single } from "./single.js";

async function start() {
  const glue = createGlue();
  await glue.default({ module_or_path: module });
  return glue;
}

const once = /* @__PURE__ */ single(start);
export const load = () => once.load();
export const loaded = () => once.loaded();
