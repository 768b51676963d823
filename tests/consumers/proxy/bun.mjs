import { handler } from "./handler.mjs";

const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: handler });
console.log(`on http://127.0.0.1:${server.port}`);
