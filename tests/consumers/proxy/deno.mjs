import { handler } from "./handler.mjs";

Deno.serve(
  {
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => console.log(`on http://127.0.0.1:${port}`),
  },
  handler,
);
