import { createProxyHandler } from "aiera-chat/proxy";
import { toNodeListener } from "aiera-chat/proxy/node";
import vue from "@vitejs/plugin-vue";
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

export default defineConfig({
  plugins: [
    vue({ template: { compilerOptions: { isCustomElement: (tag) => tag === "aiera-chat" } } }),
    aiera(),
  ],
});
