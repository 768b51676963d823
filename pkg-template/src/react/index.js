"use client";
// @ts-check
// `aiera-chat/react`: hooks, and the element as a component. The component is a separate module, so that an application
// that uses only the hooks bundles neither the element nor its Markdown.
export { useAieraChat } from "./use-aiera-chat.js";
export { useAsk } from "./use-ask.js";
export { AieraChatWidget } from "./widget.js";
