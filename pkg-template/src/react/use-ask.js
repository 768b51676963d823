// @ts-check
import { useConversation } from "./use-conversation.js";

/** @type {typeof import("../../react.js").useAsk} */
export function useAsk(prompt, options) {
  const asked = prompt?.trim() ? prompt : "";
  const { state } = useConversation(asked ? options : { ...options, sessionId: null }, asked);
  const { session, error, turns } = state;
  // The prompt is sent on mount.
  const status = asked && state.status === "idle" ? "submitted" : state.status;
  const answer = status === "ready" ? turns.at(-1)?.answer : undefined;
  return { answer, session, error, status };
}
