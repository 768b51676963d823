import { useEffect, useState } from "react";

/**
 * Waits for a session, for as long as the component is there.
 * @param {import("aiera-chat").AieraChat} chat one for all components: they share its requests
 * @param {number | string | undefined} id
 */
export function useAnswer(chat, id) {
  const [seen, setSeen] = useState({});
  useEffect(() => {
    if (!id) return;
    const left = new AbortController();
    chat
      .pollSession(id, {
        signal: left.signal,
        onUpdate: (session) => setSeen({ id, session }),
      })
      .catch((error) => {
        // What the abort below ends is no news to anybody.
        if (!left.signal.aborted) setSeen({ id, session: error.lastSession, error });
      });
    return () => left.abort();
  }, [chat, id]);

  // What was seen of another session does not count.
  const { session, error } = seen.id === id ? seen : {};
  const answer =
    session?.status === "active"
      ? session.messages?.findLast((message) => message.message_type === "response")
      : undefined;
  return { session, answer, error, waiting: Boolean(id) && !error && session?.status !== "active" };
}
