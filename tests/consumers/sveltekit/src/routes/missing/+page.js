import { AieraChat } from "aiera-chat";
import { watched } from "../../watched.js";

export async function load({ fetch, url }) {
  const { fetch: send, seen } = watched(fetch);
  const chat = new AieraChat({ baseUrl: `${url.origin}/api/aiera`, fetch: send });
  const error = await chat.pollSession(999_999, { intervalMs: 20 }).catch((error) => error);
  const { code, status, attempts } = error;
  return { text: `${code}, ${status}, ${attempts} attempts, ${seen.refused} refused` };
}
