// The popup asks through a path on its own origin, which is not a web address, and lets the service worker ask.
import { conversation } from "./conversation.js";

async function main() {
  if (!navigator.serviceWorker.controller) {
    // The popup opened before the service worker was active, so the worker does not serve it yet.
    await navigator.serviceWorker.ready;
    location.reload();
    return;
  }
  const own = await conversation({ baseUrl: "/api/aiera" });
  const background = await chrome.runtime.sendMessage("ask");
  const foreign = await conversation({ baseUrl: "other-extension://id/api" });
  document.title = JSON.stringify({ origin: location.origin, own, background, foreign });
}

main();
