// @ts-check
// Imports the module: Cloudflare Workers forbid compiling bytes, but provide compiled modules.
// @ts-ignore: only this runtime resolves the import
import module from "./aiera_chat_bg.wasm";
import { single } from "./single.js";
import { start } from "./start.js";

const once = /* @__PURE__ */ single(() => start(module));
export const load = () => once.load();
export const loaded = () => once.loaded();
