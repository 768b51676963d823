// Waits for an existing session, so there is no create before the first poll.
import { Suspense } from "react";
import { AieraChat } from "aiera-chat";

async function Status() {
  const chat = new AieraChat({ apiKey: "a key", baseUrl: process.env.AIERA_BASE_URL });
  const { id, status } = await chat.pollSession(process.env.AIERA_SESSION);
  return <output>{`session ${id}, ${status}`}</output>;
}

export default function Page() {
  return (
    <Suspense fallback={<p>Waiting</p>}>
      <Status />
    </Suspense>
  );
}
