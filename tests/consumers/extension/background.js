// The extension's service worker. It has the key: it asks directly, and is the proxy of the extension's pages.
import { createProxyHandler } from "aiera-chat/proxy";
import { conversation } from "./conversation.js";

const API = __API__;
const KEY = __KEY__;
const handler = createProxyHandler({ apiKey: KEY, baseUrl: API });

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (pathname.startsWith("/api/aiera/")) event.respondWith(handler(event.request));
});
chrome.runtime.onMessage.addListener((_message, _sender, answer) => {
  conversation({ apiKey: KEY, baseUrl: API, dangerouslyAllowBrowser: true }).then(answer);
  return true;
});
