import { AieraChat } from "aiera-chat";

export async function GET() {
  const chat = new AieraChat({ apiKey: "a key", baseUrl: process.env.AIERA_BASE_URL });
  const session = await chat.createSession({ prompt: "On the server?" });
  const done = await chat.pollSession(session, { intervalMs: 20 });
  return new Response(`${done.status}, ${done.messages.at(-1).message_type}`);
}
