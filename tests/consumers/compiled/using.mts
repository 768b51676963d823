// `await using` compiled for Node 20, which lacks the syntax.
import { AieraChat, type Session } from "aiera-chat";

declare const process: { env: Record<string, string | undefined> };

const chat = new AieraChat({ apiKey: "a key", baseUrl: process.env.AIERA_BASE_URL });
const statuses: string[] = [];
let polls = 0;

async function watchOnce(id: number): Promise<Session | void> {
  await using watch = chat.watchSession(id, { intervalMs: 1, onPoll: () => polls++ });
  const { value } = await watch.next();
  statuses.push(value!.status);
  return value;
}

const { id } = await chat.createSession({ prompt: "Oil?" });
await watchOnce(id);
const left = polls;
await new Promise((resolve) => setTimeout(resolve, 200));
{
  // A watch that is never read sends nothing.
  await using unread = chat.watchSession(id, { onPoll: () => polls++ });
  void unread;
}
console.log(JSON.stringify({ statuses, left, polls }));
