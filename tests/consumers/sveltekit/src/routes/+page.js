// A load function that runs on the server and, when the page is hydrated, in the browser. Its `fetch` returns a Response
// whose headers throw unless `filterSerializedResponseHeaders` lists them.
import { AieraChat } from "aiera-chat";
import { watched } from "../watched.js";

export async function load({ fetch, url }) {
  const { fetch: send, seen } = watched(fetch);
  const chat = new AieraChat({ baseUrl: `${url.origin}/api/aiera`, fetch: send });
  let polls = 0;
  const session = await chat.createSession({ prompt: "Oil?" });
  const done = await chat.pollSession(session, { intervalMs: 20, onPoll: () => polls++ });
  return { text: `session ${done.id}, ${done.status}, ${polls} polls, ${seen.refused} refused` };
}
