import type { ChatTransport, InferUIMessageChunk, UIMessage } from "ai";
import { AieraChatError, answerOf, turnsOf } from "aiera-chat";
import type { AieraChat, Answer, Session } from "aiera-chat";

/** A message of a chat. Its `data-status` is the session's status while the assistant is working. */
export type AieraMessage = UIMessage<unknown, { status: string }>;

type Transport = ChatTransport<AieraMessage>;
type Chunk = InferUIMessageChunk<AieraMessage>;
type Prompt = { id: number; session_id: number };

/** Creates a session for each chat, and keeps its id in the tab. */
export class AieraTransport implements Transport {
  /** A resumed stream begins with the message's first chunk. */
  readonly resumeStreamIsReplay = true;
  #client;
  /** Creates in flight, by chat, so that concurrent messages share a session. */
  #creating = new Map<string, Promise<number>>();

  constructor(client: AieraChat) {
    this.#client = client;
  }

  async sendMessages(options: Parameters<Transport["sendMessages"]>[0]) {
    const { trigger, chatId, messages, abortSignal: signal } = options;
    // After a timeout or a lost connection, the assistant is still working: a retry waits for the answer without sending a
    // prompt.
    const resumed = trigger === "regenerate-message" && (await this.reconnectToStream(options));
    if (resumed) return resumed;
    const parts = messages.at(-1)?.parts ?? [];
    const text = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
    const sessionId = await this.#sessionId(chatId);
    return this.#stream(await this.#client.sendPrompt(sessionId, text, { signal }), signal);
  }

  async reconnectToStream(options: Parameters<Transport["reconnectToStream"]>[0]) {
    const { chatId, abortSignal: signal } = options;
    const session = await this.#stored(chatId, signal);
    const turn = turnsOf(session).at(-1);
    if (!session || !turn?.promptId || turn.answer || isOver(session)) return null;
    return this.#stream({ id: turn.promptId, session_id: session.id }, signal);
  }

  /** The messages of a chat, to restore it after a reload. */
  async load(chatId: string): Promise<AieraMessage[]> {
    const session = await this.#stored(chatId);
    return turnsOf(session).flatMap(({ prompt, promptId, answer }) => {
      const asked = { type: "text", text: prompt } as const;
      const messages: AieraMessage[] = [{ id: `prompt-${promptId}`, role: "user", parts: [asked] }];
      if (!answer) return messages;
      const parts = [{ type: "text", text: textOf(answer) } as const, ...sourcesOf(answer)];
      return [...messages, { id: `answer-${promptId}`, role: "assistant", parts }];
    });
  }

  /** Creates the session without a prompt, so that a prompt always has a session, for any outcome of its request. */
  #sessionId(chatId: string) {
    const stored = sessionStorage.getItem(keyOf(chatId));
    if (stored) return Number(stored);
    const creating =
      this.#creating.get(chatId) ??
      this.#client
        .createSession()
        .then(({ id }) => {
          sessionStorage.setItem(keyOf(chatId), String(id));
          return id;
        })
        .finally(() => this.#creating.delete(chatId));
    this.#creating.set(chatId, creating);
    return creating;
  }

  async #stored(chatId: string, signal?: AbortSignal) {
    const id = sessionStorage.getItem(keyOf(chatId));
    if (!id) return undefined;
    try {
      return await this.#client.getSession(id, { includeMessages: true, signal });
    } catch (error) {
      if (!(error instanceof AieraChatError) || error.status !== 404) throw error;
      sessionStorage.removeItem(keyOf(chatId));
      return undefined;
    }
  }

  #stream(prompt: Prompt, signal: AbortSignal | undefined) {
    const chunks = this.#chunks(prompt, signal);
    return new ReadableStream<Chunk>({
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => void chunks.return(),
    });
  }

  async *#chunks(prompt: Prompt, signal: AbortSignal | undefined): AsyncGenerator<Chunk, void> {
    const id = `answer-${prompt.id}`;
    let last: Session | undefined;
    yield { type: "start", messageId: id };
    for await (const session of this.#client.watchSession(prompt, { signal })) {
      last = session;
      yield { type: "data-status", id: "status", data: session.status };
    }
    const answer = answerOf(last, { promptId: prompt.id });
    if (!answer) throw new Error("The assistant gave no answer.");
    yield { type: "text-start", id };
    yield { type: "text-delta", id, delta: textOf(answer) };
    yield { type: "text-end", id };
    yield* sourcesOf(answer);
    yield { type: "finish" };
  }
}

const keyOf = (chatId: string) => `aiera-session:${chatId}`;

const isOver = ({ status }: Session) =>
  status === "active" || status === "deleted" || status.endsWith("_error");

/** Markdown, with the labels of the sources instead of the markers. */
function textOf(answer: Answer) {
  const labels = answer.segments().map(({ text, citations }) => {
    return text ?? citations.map(({ label }) => `[${label}]`).join("");
  });
  return labels.join("");
}

function sourcesOf({ citations }: Answer) {
  return citations.map(({ label: sourceId, url, source }) => {
    const title = source?.name ?? sourceId;
    return url && /^https?:/.test(url)
      ? ({ type: "source-url", sourceId, url, title } as const)
      : ({ type: "source-document", sourceId, title, mediaType: "text/plain" } as const);
  });
}
