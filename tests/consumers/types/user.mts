// A caller in strict TypeScript. The test compiles it as ESM, as CommonJS and for a bundler.
import {
  AieraChat,
  AieraChatError,
  answerOf,
  createSession,
  pollSession,
  turnsOf,
  watchSession,
  type CallOptions,
  type Session,
} from "aiera-chat";
import { init } from "aiera-chat/slim";
import { createProxyHandler } from "aiera-chat/proxy";
import { createMockApi } from "aiera-chat/testing";

const chat = new AieraChat({
  apiKey: async () => "key",
  baseUrl: "https://elsewhere.example/api",
  headers: { "x-trace": "1" },
  maxRetries: 2,
});

/** An option that may be undefined, such as a variable of the environment. */
export const configured = (
  apiKey?: string,
  maxRetries?: number,
  headers?: Record<string, string>,
) => new AieraChat({ apiKey, maxRetries, headers });

export async function twoCalls(): Promise<string> {
  const session: Session = await chat.createSession({
    prompt: "?",
    sources: [{ id: "1" }],
    extraBody: { a: 1 },
  });
  try {
    const done = await chat.pollSession(session, {
      onUpdate: (state) => state.status,
      onPoll: (event) => event.reason === "interval" && event.attempt > 1,
      timeoutMs: Infinity,
    });
    for await (const state of watchSession(session.id, { apiKey: "key" })) {
      if (state.status === "active") break;
    }
    return done.messages?.[0]?.blocks?.[0]?.content ?? done.status;
  } catch (error) {
    if (!(error instanceof AieraChatError)) throw error;
    const again: boolean = error.retryable;
    switch (error.code) {
      case "http":
        return `${error.status} ${again}`;
      case "session_failed":
        return (error.lastSession as Session).status;
      case "no_answer":
      case "prompt_outcome_unknown":
        return JSON.stringify(error.toJSON());
      default:
        return error.message;
    }
  }
}

export async function oneCall(signal: CallOptions["signal"]): Promise<string> {
  const answer = await chat.ask("?", { signal, onCreated: (session) => session.id });
  const more = await chat.ask({ content: "?" }, { session: answer.session, intervalMs: 1_000 });
  const [first] = more.citations;
  const texts: string[] = more.segments().map((segment) => segment.text ?? "");
  const markdown: string = more.toMarkdown({ citations: "links", labels: "numbers" });
  const id: number = more.sessionId;
  return [first?.label, first?.index, ...texts, markdown, more.toPlainText(), id].join();
}

export async function otherCalls(): Promise<number> {
  const message = await chat.sendPrompt(2229, { content: "?", toolSettings: {} });
  const done = await chat.pollSession(message, { promptId: message.id });
  await chat.getSession(done, { includeStatuses: true });
  await chat.updateSession(done, { title: "Oil" });
  await chat.clearSources(done);
  await chat.deleteSession(done);
  const page = await chat.listSessions({ pageSize: 5 });
  if (page.hasNextPage()) await page.getNextPage();
  for await (const session of chat.listSessions()) turnsOf(session)[0]?.promptId;
  return (answerOf(done, { promptId: message.id })?.text ?? "").length + page.data.length;
}

// @ts-expect-error: the option does not exist
new AieraChat({ apikey: "key" });
// @ts-expect-error: a create has no interval
createSession({}, { intervalMs: 5 });
// @ts-expect-error: an id is not a boolean
chat.pollSession(true);
// @ts-expect-error: the status is a number
pollSession(1).catch((error: AieraChatError) => error.status?.length);

export { init, createProxyHandler, createMockApi };
