import { ExportedMessageRepository } from "@assistant-ui/react";
import type {
  ChatModelAdapter,
  ThreadAssistantMessagePart,
  ThreadHistoryAdapter,
  ThreadMessageLike,
} from "@assistant-ui/react";
import { AieraChatError, answerOf, turnsOf } from "aiera-chat";
import type { AieraChat, Answer, Session } from "aiera-chat";

/** The adapters of a thread: one session, whose id the tab keeps under `key`. */
export function createAieraAdapters(client: AieraChat, key = "aiera-session") {
  let creating: Promise<number> | undefined;

  /** Creates the session without a prompt, so that a prompt always has a session, for any outcome of its request. */
  function sessionId() {
    const stored = sessionStorage.getItem(key);
    if (stored) return Number(stored);
    creating ??= client
      .createSession()
      .then(({ id }) => {
        sessionStorage.setItem(key, String(id));
        return id;
      })
      .finally(() => (creating = undefined));
    return creating;
  }

  async function storedSession(signal?: AbortSignal) {
    const id = sessionStorage.getItem(key);
    if (!id) return undefined;
    try {
      return await client.getSession(id, { includeMessages: true, signal });
    } catch (error) {
      if (!(error instanceof AieraChatError) || error.status !== 404) throw error;
      sessionStorage.removeItem(key);
      return undefined;
    }
  }

  const chatModel: ChatModelAdapter = {
    async *run({ messages, abortSignal: signal }) {
      const parts = messages.at(-1)?.content ?? [];
      const text = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
      // A retry and a reload wait for the answer to an unfinished prompt without sending a prompt.
      const running = runningPrompt(await storedSession(signal));
      const prompt =
        running?.text === text
          ? running
          : await client.sendPrompt(await sessionId(), text, { signal });

      let last: Session | undefined;
      for await (const session of client.watchSession(prompt, { signal })) {
        last = session;
        yield { content: [{ type: "reasoning", text: session.status }] };
      }
      const answer = answerOf(last, { promptId: prompt.id });
      if (!answer) throw new Error("The assistant gave no answer.");
      yield { content: partsOf(answer) };
    },
  };

  const history: ThreadHistoryAdapter = {
    async load() {
      const session = await storedSession();
      const messages = turnsOf(session).flatMap(({ prompt, promptId, answer }) => {
        const turn: ThreadMessageLike[] = [
          { role: "user", id: `prompt-${promptId}`, content: prompt },
        ];
        if (answer) {
          turn.push({ role: "assistant", id: `answer-${promptId}`, content: partsOf(answer) });
        }
        return turn;
      });
      return {
        ...ExportedMessageRepository.fromArray(messages),
        unstable_resume: runningPrompt(session) !== undefined,
      };
    },
    resume: (options) => chatModel.run(options) as ReturnType<NonNullable<typeof history.resume>>,
    // The session holds the messages.
    append: async () => {},
  };

  return { chatModel, history };
}

function runningPrompt(session: Session | undefined) {
  const turn = turnsOf(session).at(-1);
  if (!session || !turn?.promptId || turn.answer) return undefined;
  const { status, id } = session;
  if (status === "active" || status === "deleted" || status.endsWith("_error")) return undefined;
  return { id: turn.promptId, session_id: id, text: turn.prompt };
}

/** Markdown, with the labels of the sources instead of the markers; then the sources. */
function partsOf(answer: Answer): ThreadAssistantMessagePart[] {
  const pieces = answer.segments().map(({ text, citations }) => {
    return text ?? citations.map(({ label }) => `[${label}]`).join("");
  });
  const sources = answer.citations.map(({ label: id, url, source }) => {
    const title = `[${id}] ${source?.name ?? "Source"}`;
    return url && /^https?:/.test(url)
      ? ({ type: "source", sourceType: "url", id, url, title } as const)
      : ({ type: "source", sourceType: "document", id, title, mediaType: "text/plain" } as const);
  });
  return [{ type: "text", text: pieces.join("") }, ...sources];
}
