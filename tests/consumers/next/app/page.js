"use client";

import { useEffect, useState } from "react";
import { AieraChat } from "aiera-chat";

async function asked(signal) {
  const chat = new AieraChat({ baseUrl: new URL(location.href).searchParams.get("api") });
  const answer = await chat.ask("In the page?", { intervalMs: 20, signal });
  return `${answer.session.status}, ${answer.text}, ${answer.citations.length}`;
}

export default function Page() {
  const [answer, setAnswer] = useState("");
  useEffect(() => {
    const left = new AbortController();
    asked(left.signal).then(setAnswer, (error) => {
      if (error.code !== "aborted") setAnswer(`${error.code}: ${error.message}`);
    });
    return () => left.abort();
  }, []);
  return <output>{answer}</output>;
}
