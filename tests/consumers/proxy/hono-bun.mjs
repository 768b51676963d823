import { Hono } from "hono";
import { handler } from "./handler.mjs";

const app = new Hono().all("/api/aiera/*", (context) => handler(context.req.raw));
const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: app.fetch });
console.log(`on http://127.0.0.1:${server.port}`);
