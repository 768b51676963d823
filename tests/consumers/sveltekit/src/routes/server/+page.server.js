// A load function on the server only, with the key.
import { AieraChat } from "aiera-chat";
import { env } from "$env/dynamic/private";

export async function load({ fetch }) {
  const chat = new AieraChat({ apiKey: env.AIERA_API_KEY, baseUrl: env.AIERA_BASE_URL, fetch });
  const answer = await chat.ask("Coal?", { intervalMs: 20 });
  return { text: answer.text };
}
