// @ts-check
import { useRef, useState } from "react";
import { useBrowserLayoutEffect } from "./effects.js";
import { useConversation } from "./use-conversation.js";

/** @type {typeof import("../../react.js").useAieraChat} */
export function useAieraChat(options) {
  const { conversation, state } = useConversation(options, "");
  const latest = useRef(conversation);
  useBrowserLayoutEffect(() => {
    latest.current = conversation;
  });
  // The same functions for every session.
  const [actions] = useState(() => ({
    /** @param {Parameters<typeof conversation.ask>[0]} prompt */
    ask: (prompt) => latest.current.ask(prompt),
    stop: () => latest.current.stop(),
    reset: () => latest.current.reset(),
  }));
  const { turns, session, status, error } = state;
  return { turns, session, status, error, ...actions };
}
