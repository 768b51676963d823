using Workerd = import "/workerd/workerd.capnp";

# As wrangler runs the recipe's worker: one module, and its variables.
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "out/worker.js")],
  bindings = [
    (name = "AIERA_API_KEY", fromEnvironment = "AIERA_API_KEY"),
    (name = "AIERA_BASE_URL", fromEnvironment = "AIERA_BASE_URL"),
    (name = "ALLOWED_ORIGINS", fromEnvironment = "ALLOWED_ORIGINS"),
  ],
  compatibilityDate = "2026-07-01",
);
