import { AieraChat } from "aiera-chat";

async function main() {
  const chat = new AieraChat({ baseUrl: new URL(location.href).searchParams.get("api") });
  const session = await chat.createSession({
    prompt: "What were the key takeaways from Tesla Q1 2026 earnings?",
  });
  const done = await chat.pollSession(session, { intervalMs: 20 });
  return `${done.status}, ${done.messages.at(-1).message_type}`;
}

main().then(
  (answer) => (document.title = answer),
  (error) => (document.title = `${error.code}: ${error.message}`),
);
