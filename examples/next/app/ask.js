"use client";

import { useEffect, useRef, useState } from "react";
import { AieraChat } from "aiera-chat";

/** One for the whole page. Made when it is first needed: on the server a path of the page's origin is no address. */
let shared;
const client = () => (shared ??= new AieraChat({ baseUrl: "/api/aiera" }));

export function Ask() {
  const [said, setSaid] = useState({});
  const running = useRef(null);
  useEffect(() => () => running.current?.abort(), []);

  async function ask(event) {
    event.preventDefault();
    const prompt = new FormData(event.currentTarget).get("prompt");
    running.current?.abort();
    const { signal } = (running.current = new AbortController());
    const say = (what) => signal.aborted || setSaid(what);
    say({ status: "asking" });
    try {
      const chat = client();
      const session = await chat.createSession({ prompt }, { signal });
      const onUpdate = ({ status }) => say({ status });
      const done = await chat.pollSession(session, { signal, onUpdate });
      const answer = done.messages?.findLast((message) => message.message_type === "response");
      say({ answer: answer?.blocks?.map((block) => block.content).join("\n\n") ?? "No answer" });
    } catch (error) {
      say({ error: error.message });
    }
  }

  return (
    <form onSubmit={ask}>
      <label>
        Question <input name="prompt" required defaultValue="What moved oil today?" />
      </label>
      <button>Ask</button>
      <p role="status">{said.status}</p>
      {said.error && <p role="alert">{said.error}</p>}
      {said.answer && <article style={{ whiteSpace: "pre-wrap" }}>{said.answer}</article>}
    </form>
  );
}
