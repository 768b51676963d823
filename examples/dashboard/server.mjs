// Serves the page, the package's module, and the proxy that adds the key.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { createProxyHandler } from "aiera-chat/proxy";
import { toNodeListener } from "aiera-chat/proxy/node";

const { resolve } = createRequire(import.meta.url);
const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

/** The files that the server sends. */
const FILES = /** @type {Record<string, [type: string, file: string]>} */ ({
  "/": ["text/html; charset=utf-8", here("index.html")],
  "/dashboard.js": ["text/javascript", here("dashboard.js")],
  // The whole client is one file, without dependencies. `require.resolve` returns the CommonJS file, next to this one.
  "/aiera-chat.js": ["text/javascript", resolve("aiera-chat").replace(/index\.cjs$/, "index.mjs")],
});

const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; connect-src 'self'; img-src data:";

const server = createServer();
server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const proxy = toNodeListener(
    createProxyHandler({
      apiKey: process.env.AIERA_API_KEY ?? "",
      baseUrl: process.env.AIERA_BASE_URL,
      allowedHosts: [`localhost:${port}`, `127.0.0.1:${port}`],
      // On a public server, check who may ask: authorize: (request) => …
    }),
  );
  server.on("request", async (request, response) => {
    if (request.url?.startsWith("/api/aiera/")) return proxy(request, response);
    const [type, file] = FILES[request.url ?? ""] ?? [];
    if (!file) return response.writeHead(404).end();
    response.setHeader("Content-Security-Policy", POLICY);
    response.setHeader("Content-Type", type ?? "");
    response.end(await readFile(file));
  });
  console.log(`listening on http://127.0.0.1:${port}`);
});
