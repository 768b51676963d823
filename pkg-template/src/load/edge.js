// @ts-check
// The module as an import of Next.js' edge runtime, which may not compile bytes either, and names such an import by its query.
// @ts-ignore: the bundler's own kind of import
import module from "./aiera_chat_bg.wasm?module";
import { single } from "./single.js";
import { start } from "./start.js";

const once = /* @__PURE__ */ single(() => start(module));
export const load = () => once.load();
export const loaded = () => once.loaded();
