import { useChat, type Chat } from "@ai-sdk/react";
import type { AieraMessage } from "./aiera-transport";

export function Conversation({ chat }: { chat: Chat<AieraMessage> }) {
  const { messages, status, error, sendMessage, regenerate, stop } = useChat({
    chat,
    resume: true,
  });
  const isBusy = status === "submitted" || status === "streaming";
  const progress = messages.at(-1)?.parts.find((part) => part.type === "data-status")?.data;

  return (
    <main>
      {messages.map(({ id, parts }) => (
        <article key={id}>
          {parts.map((part, index) => {
            if (part.type === "text") {
              return (
                <p key={index} style={{ whiteSpace: "pre-wrap" }}>
                  {part.text}
                </p>
              );
            }
            if (part.type === "source-url") {
              return (
                <a key={index} href={part.url}>
                  [{part.sourceId}] {part.title}
                </a>
              );
            }
            return null;
          })}
        </article>
      ))}
      {isBusy && <p role="status">{progress ?? "sending"}</p>}
      {error && (
        <p role="alert">
          {error.message} <button onClick={() => void regenerate()}>Try again</button>
        </p>
      )}
      <form action={(data) => void sendMessage({ text: String(data.get("prompt")) })}>
        <input name="prompt" aria-label="Question" required disabled={isBusy} />
        <button disabled={isBusy}>Ask</button>
        {isBusy && (
          <button type="button" onClick={() => void stop()}>
            Stop
          </button>
        )}
      </form>
    </main>
  );
}
