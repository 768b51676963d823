// @ts-check
// Rendering on a server.
import { renderToString } from "react-dom/server";
import { AieraChat } from "aiera-chat";
import { page } from "./server-page.js";

/** @param {any} fetch */
export const render = (fetch) =>
  renderToString(page(new AieraChat({ baseUrl: "https://api.test/api", fetch })));
