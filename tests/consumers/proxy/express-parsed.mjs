// Behind a body parser, which many Express apps have for all routes.
import { toNodeListener } from "aiera-chat/proxy/node";
import express from "express";
import { handler } from "./handler.mjs";

const app = express();
app.use(express.json());
app.use("/api/aiera", toNodeListener(handler));
const server = app.listen(0, "127.0.0.1", () =>
  console.log(`on http://127.0.0.1:${server.address().port}`),
);
