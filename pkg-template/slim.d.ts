/**
 * `aiera-chat/slim`: `aiera-chat` without the inlined module, for callers who load `aiera-chat/aiera_chat_bg.wasm`
 * themselves.
 *
 * @packageDocumentation
 */
export * from "./index.js";

/**
 * Loads the module: compiled, as bytes, as a `Response`, as a URL to fetch it from, or as a promise of one of these. Call
 * it before the first call; a failed `init` may be repeated.
 */
export declare function init(moduleOrBytesOrUrl: unknown): Promise<void>;
