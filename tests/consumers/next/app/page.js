"use client";

import { useEffect, useState } from "react";
import { AieraChat } from "aiera-chat";

async function ask(signal) {
  const chat = new AieraChat({ baseUrl: new URL(location.href).searchParams.get("api") });
  const session = await chat.createSession({ prompt: "In the page?" }, { signal });
  const done = await chat.pollSession(session, { intervalMs: 20, signal });
  return `${done.status}, ${done.messages.at(-1).message_type}`;
}

export default function Page() {
  const [answer, setAnswer] = useState("");
  useEffect(() => {
    const left = new AbortController();
    ask(left.signal).then(setAnswer, (error) => {
      if (error.code !== "aborted") setAnswer(`${error.code}: ${error.message}`);
    });
    return () => left.abort();
  }, []);
  return <output>{answer}</output>;
}
