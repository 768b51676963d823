import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { handler } from "./handler.mjs";

const app = new Hono();
app.all("/api/aiera/*", (context) => handler(context.req.raw));
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) =>
  console.log(`on http://127.0.0.1:${port}`),
);
