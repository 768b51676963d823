// Runs on each request, which it reads; Next.js 14 caches its GETs anyway.
import { AieraChat } from "aiera-chat";

export async function GET(request) {
  const chat = new AieraChat({ apiKey: "a key", baseUrl: process.env.AIERA_BASE_URL });
  const prompt = new URL(request.url).searchParams.get("prompt");
  const answer = await chat.ask(prompt, { intervalMs: 20, timeoutMs: 5_000 });
  return new Response(`${prompt}: ${answer.text}`);
}
