// Compiled by the test, and run in Node.
import { AieraChat, AieraChatError, createSession, watchSession } from "aiera-chat";

async function main() {
  const options = { apiKey: "a key", baseUrl: process.env.AIERA_BASE_URL };
  const chat = new AieraChat(options);
  const session = await chat.createSession({ prompt: "Oil?" });
  const done = await chat.pollSession(session, { intervalMs: 20 });
  const statuses = [];
  const watched = await createSession({ prompt: "Coal?" }, options);
  for await (const state of watchSession(watched, { ...options, intervalMs: 20 })) {
    statuses.push(state.status);
  }
  const answer = await chat.ask("Gas?", { intervalMs: 20 });
  const error = await chat.pollSession(999_999).catch((error) => error);
  return {
    status: done.status,
    statuses,
    text: answer.text,
    error: {
      ours: error instanceof AieraChatError,
      native: error instanceof Error,
      plain: new Error("another") instanceof AieraChatError,
      code: error.code,
      status: error.status,
      attempts: error.attempts,
    },
  };
}

main().then((result) => console.log(JSON.stringify(result)));
