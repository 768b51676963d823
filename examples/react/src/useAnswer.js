import { useEffect, useState } from "react";
import { answerOf } from "aiera-chat";

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
        // The abort below is not an error.
        if (!left.signal.aborted) setSeen({ id, session: error.lastSession, error });
      });
    return () => left.abort();
  }, [chat, id]);

  // Drop the state of another session.
  const { session, error } = seen.id === id ? seen : {};
  const answer = session?.status === "active" ? answerOf(session) : undefined;
  return { session, answer, error, waiting: Boolean(id) && !error && session?.status !== "active" };
}
