"use client";

import { useEffect, useRef, useState } from "react";
import { AieraChat } from "aiera-chat";

/** One client for the page, created on first use: on the server, a path is not a valid base URL. */
let shared;
const client = () => (shared ??= new AieraChat({ baseUrl: "/api/aiera" }));

export function Ask() {
  const [shown, setShown] = useState({});
  const running = useRef(null);
  useEffect(() => () => running.current?.abort(), []);

  async function ask(event) {
    event.preventDefault();
    const prompt = new FormData(event.currentTarget).get("prompt");
    running.current?.abort();
    const { signal } = (running.current = new AbortController());
    const show = (state) => signal.aborted || setShown(state);
    show({ status: "asking" });
    try {
      const onUpdate = ({ status }) => show({ status });
      const answer = await client().ask(prompt, { signal, onUpdate });
      show({ answer: answer.toPlainText() });
    } catch (error) {
      show({ error: error.message });
    }
  }

  return (
    <form onSubmit={ask}>
      <label>
        Question <input name="prompt" required defaultValue="What moved oil today?" />
      </label>
      <button>Ask</button>
      <p role="status">{shown.status}</p>
      {shown.error && <p role="alert">{shown.error}</p>}
      {shown.answer && <article style={{ whiteSpace: "pre-wrap" }}>{shown.answer}</article>}
    </form>
  );
}
