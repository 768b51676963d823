"use client";

import { AieraChat } from "aiera-chat";
import { useAieraChat } from "aiera-chat/react";

const client = new AieraChat({ baseUrl: "/api/aiera" });

export function Ask() {
  const { turns, session, status, error, ask } = useAieraChat({ client });
  const isBusy = status === "submitted" || status === "working";

  return (
    <form action={(data) => void ask(data.get("prompt"))}>
      {turns.map(({ prompt, answer }, index) => (
        <article key={index} style={{ whiteSpace: "pre-wrap" }}>
          <h2>{prompt}</h2>
          {answer?.toPlainText()}
        </article>
      ))}
      {isBusy && <p role="status">{session?.status ?? status}</p>}
      {error && <p role="alert">{error.message}</p>}
      <label>
        Question <input name="prompt" required />
      </label>
      <button disabled={isBusy}>Ask</button>
    </form>
  );
}
