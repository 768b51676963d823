// @ts-check
// `aiera-chat/element`: defines `<aiera-chat>` once, even if loaded repeatedly. Has no effect on a server.
import { AieraChatElement as OwnElement } from "./element.js";

const NAME = "aiera-chat";
const registry = globalThis.customElements;
if (registry && !registry.get(NAME)) registry.define(NAME, OwnElement);

/** The class of the elements in this page, which another copy of this module may have defined. */
export const AieraChatElement = /** @type {typeof OwnElement} */ (
  registry?.get(NAME) ?? OwnElement
);
