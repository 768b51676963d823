import { AieraChat } from "aiera-chat";

async function main() {
  const chat = new AieraChat({ baseUrl: new URL(location.href).searchParams.get("api") });
  const session = await chat.createSession({
    prompt: "What were the key takeaways from Tesla Q1 2026 earnings?",
  });
  const done = await chat.pollSession(session, { intervalMs: 20 });
  const answer = await chat.ask("And the margins?", { session: done, intervalMs: 20 });
  const labels = answer.citations.map(({ label }) => label);
  return `${done.status}, ${answer.text}, ${labels}`;
}

main().then(
  (answer) => (document.title = answer),
  (error) => (document.title = `${error.code}: ${error.message}`),
);
