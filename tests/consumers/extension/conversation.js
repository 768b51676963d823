import { AieraChat } from "aiera-chat";

/** The conversation of every consumer, or the code and message of its error. */
export async function conversation(options) {
  try {
    const chat = new AieraChat(options);
    const session = await chat.createSession({ prompt: "What did Tesla say?" });
    const done = await chat.pollSession(session, { intervalMs: 20 });
    const answer = await chat.ask("And the margins?", { session: done, intervalMs: 20 });
    const labels = answer.citations.map(({ label }) => label);
    return `${done.status}, ${answer.text}, ${labels}`;
  } catch (error) {
    return `${error.code}: ${error.message}`;
  }
}
