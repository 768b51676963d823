using Workerd = import "/workerd/workerd.capnp";

# As wrangler sets a worker up: its script as one module, the compiled WebAssembly as another.
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "out/worker.js"),
    (name = "aiera_chat_bg.wasm", wasm = embed "out/aiera_chat_bg.wasm"),
  ],
  bindings = [(name = "AIERA_BASE_URL", fromEnvironment = "AIERA_BASE_URL")],
  compatibilityDate = "2026-07-01",
);
