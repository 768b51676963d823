import { AieraChat } from "aiera-chat";

/** The session's id, its status and the number of polls. */
export async function ask(options) {
  const baseUrl = process.env.AIERA_BASE_URL;
  const chat = new AieraChat({ apiKey: "a key", baseUrl, ...options });
  const session = await chat.createSession({ prompt: "On the server?" });
  let polls = 0;
  const done = await chat.pollSession(session, {
    intervalMs: 20,
    timeoutMs: 5_000,
    onPoll: () => polls++,
  });
  return `session ${done.id}, ${done.status}, ${done.messages.at(-1).message_type}, ${polls} polls`;
}
