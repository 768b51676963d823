import { AieraChat } from "aiera-chat";

export default {
  async fetch(request, { AIERA_BASE_URL }) {
    const chat = new AieraChat({ apiKey: "a key", baseUrl: AIERA_BASE_URL });
    try {
      const session = await chat.createSession({
        prompt: "What were the key takeaways from Tesla Q1 2026 earnings?",
      });
      const done = await chat.pollSession(session, { intervalMs: 20 });
      const answer = await chat.ask("And the margins?", { session: done, intervalMs: 20 });
      const labels = answer.citations.map(({ label }) => label);
      return new Response(`${done.status}, ${answer.text}, ${labels}`);
    } catch (error) {
      return new Response(`${error.code}: ${error.message}`, { status: 500 });
    }
  },
};
