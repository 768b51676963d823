import { useEffect } from "react";
import { AieraChat } from "aiera-chat";
import { useAieraChat } from "aiera-chat/react";

const client = new AieraChat({ baseUrl: "/api/aiera" });

export function Chat() {
  const { turns, session, status, error, ask, stop } = useAieraChat({
    client,
    sessionId: location.hash.slice(1) || null,
  });
  // The id in the address resumes the session after a reload.
  useEffect(() => {
    if (session) history.replaceState(null, "", `#${session.id}`);
  }, [session]);
  const isBusy = status === "submitted" || status === "working";

  return (
    <main>
      {turns.map(({ prompt, answer }, index) => (
        <article key={index} style={{ whiteSpace: "pre-wrap" }}>
          <h2>{prompt}</h2>
          {answer?.toPlainText()}
        </article>
      ))}
      {isBusy && <p role="status">{session?.status ?? status}</p>}
      {error && <p role="alert">{error.message}</p>}
      <form action={(data) => void ask(data.get("prompt"))}>
        <label>
          Question <input name="prompt" required />
        </label>
        <button disabled={isBusy}>Ask</button>
        {isBusy && (
          <button type="button" onClick={stop}>
            Stop
          </button>
        )}
      </form>
    </main>
  );
}
