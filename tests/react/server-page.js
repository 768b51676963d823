// @ts-check
// A page with every export of `aiera-chat/react`, for rendering on a server and hydrating in a browser.
import { createElement as h, StrictMode } from "react";
import { AieraChatWidget, useAieraChat, useAsk } from "aiera-chat/react";

/** @param {{ client: any, sessionId?: number }} props */
function Hooks({ client, sessionId }) {
  const chat = useAieraChat({ client, sessionId });
  const asked = useAsk("", { client });
  return h("p", null, `${chat.status} ${chat.turns.length} ${asked.status}`);
}

/** @param {any} client */
export function page(client) {
  return h(
    StrictMode,
    null,
    h(Hooks, { client }),
    h(AieraChatWidget, {
      client,
      id: "widget",
      className: "wide",
      sessionId: 2229,
      prompt: "Begin",
      theme: "dark",
      headingLevel: 3,
      readOnly: true,
      suggestions: ["One"],
      onAnswer() {},
      onError() {},
    }),
  );
}
