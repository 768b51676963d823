import { createProxyHandler } from "aiera-chat/proxy";
import { toNodeListener } from "aiera-chat/proxy/node";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

/** The proxy on Vite's servers. In production, it is a route of your server. */
function aiera() {
  const mount = ({ middlewares }) =>
    void middlewares.use(
      "/api/aiera",
      toNodeListener(
        createProxyHandler({
          apiKey: () => process.env.AIERA_API_KEY ?? "",
          baseUrl: process.env.AIERA_BASE_URL,
        }),
      ),
    );
  return { name: "aiera", configureServer: mount, configurePreviewServer: mount };
}

export default defineConfig({ plugins: [svelte(), aiera()] });
