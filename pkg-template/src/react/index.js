"use client";
// @ts-check
// `aiera-chat/react`: hooks, and the element as a component. The component is a module of its own, so that an application
// that uses the hooks alone bundles neither the element nor its Markdown.
export { useAieraChat } from "./use-aiera-chat.js";
export { useAsk } from "./use-ask.js";
export { AieraChatWidget } from "./widget.js";
