const api = new URL(location.href).searchParams.get("api");
const worker = new Worker(`worker.js?api=${encodeURIComponent(api)}`, { type: "module" });
worker.addEventListener("message", ({ data }) => (document.title = data));
worker.addEventListener("error", ({ message }) => (document.title = message));
