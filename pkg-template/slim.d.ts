/**
 * `aiera-chat/slim`: the same as `aiera-chat` without the module inlined, for those who load `aiera-chat/aiera_chat_bg.wasm`
 * themselves.
 *
 * @packageDocumentation
 */
export * from "./index.js";

/**
 * Gives the module: compiled, as bytes, as a `Response`, as a URL to fetch it from, or as a promise of one of these. To be
 * called before the first call; one that failed may be tried again.
 */
export declare function init(moduleOrBytesOrUrl: unknown): Promise<void>;
