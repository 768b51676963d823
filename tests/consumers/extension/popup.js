// The popup asks by a path on its own origin, which is no web address, and has the service worker ask.
import { conversation } from "./conversation.js";

const claimed = new Promise((resolve) => {
  if (navigator.serviceWorker.controller) resolve();
  navigator.serviceWorker.addEventListener("controllerchange", () => resolve());
});

async function main() {
  await claimed;
  const own = await conversation({ baseUrl: "/api/aiera" });
  const background = await chrome.runtime.sendMessage("ask");
  const foreign = await conversation({ baseUrl: "other-extension://id/api" });
  return { origin: location.origin, own, background, foreign };
}

main().then((result) => (document.title = JSON.stringify(result)));
