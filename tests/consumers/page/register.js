// Registers a service worker that asks.
const api = new URL(location.href).searchParams.get("api");
navigator.serviceWorker.addEventListener("message", ({ data }) => (document.title = data));
navigator.serviceWorker
  .register(`service-worker.js?api=${encodeURIComponent(api)}`, { type: "module" })
  .then(() => navigator.serviceWorker.ready)
  .then(({ active }) => active.postMessage("ask"))
  .catch((error) => (document.title = String(error)));
