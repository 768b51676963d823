// @ts-check
// The module as an import: Cloudflare Workers may not compile bytes, but provide compiled modules.
// @ts-ignore: the runtime's own kind of import
import module from "./aiera_chat_bg.wasm";
import { single } from "./single.js";
import { start } from "./start.js";

const once = /* @__PURE__ */ single(() => start(module));
export const load = () => once.load();
export const loaded = () => once.loaded();
