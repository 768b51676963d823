/**
 * `aiera-chat/react`: hooks for a conversation with Aiera's assistant, and `<aiera-chat>` as a component. For React 18
 * and 19. On a server nothing is sent.
 *
 * @example
 * ```tsx
 * const client = new AieraChat({ baseUrl: "/api/aiera" });
 *
 * function Chat() {
 *   const { turns, status, error, ask } = useAieraChat({ client });
 *   …
 * }
 * ```
 *
 * @packageDocumentation
 */

import type { ForwardRefExoticComponent, HTMLAttributes, RefAttributes } from "react";
import type {
  AieraChatElement,
  AieraChatElementProperties,
  AieraChatStrings,
  ConversationStatus,
} from "./element.js";
import type {
  AieraChat,
  AieraChatError,
  Answer,
  AnswerCitation,
  PollOptions,
  Session,
  Turn,
} from "./index.js";

export type { AieraChatElement, AieraChatStrings, ConversationStatus };

/** Options of {@link useAieraChat}. `null` is absent. */
export interface UseAieraChatOptions {
  /** The client of the next call. Another one does not restart the conversation. */
  client: AieraChat;
  /**
   * The session to show, which is waited for where it is unfinished. Another id shows that session, and none after one a new
   * conversation. The id of the session that an ask has just created changes nothing.
   */
  sessionId?: number | string | null;
  /** Options of every ask and every wait. */
  pollOptions?: PollOptions | null;
  /** Called once for each answer, that of a resumed session too. */
  onAnswer?: ((answer: Answer) => void) | null;
  /** Called once for each failure. A call that was stopped has not failed. */
  onError?: ((error: AieraChatError) => void) | null;
}

/** What {@link useAieraChat} returns. */
export interface UseAieraChatResult {
  /** The turns, oldest first; the new prompt is the last of them from `submitted` on. */
  turns: readonly Turn[];
  /** The newest state of the session. */
  session: Session | undefined;
  /** `ready` is a finished session, one that was loaded as well, and a conversation that was stopped. */
  status: ConversationStatus;
  /** The failure, while `status` is `error`. */
  error: AieraChatError | undefined;
  /**
   * Asks in the session, or creates one. An ask during another begins after it. The promise may be ignored: a failure is in
   * `error` too.
   */
  ask: (prompt: Parameters<AieraChat["ask"]>[0]) => Promise<Answer>;
  /** Stops waiting: the ask rejects with `aborted`. The assistant goes on. */
  stop: () => void;
  /** Forgets the session: the next ask creates another. */
  reset: () => void;
}

/**
 * A conversation. The functions that it returns stay the same. Under StrictMode, after a re-render, and after a remount with
 * the same `sessionId` there is no second session. Unmounting stops the polls; where the session is still being created, `ask` then
 * rejects with an error that has its `sessionId`.
 */
export declare function useAieraChat(options: UseAieraChatOptions): UseAieraChatResult;

/** Options of {@link useAsk}. `null` is absent. */
export interface UseAskOptions extends UseAieraChatOptions {
  /** The session in which the prompt was asked before: it is resumed, and nothing is created. */
  sessionId?: number | string | null;
}

/** What {@link useAsk} returns. */
export interface UseAskResult {
  answer: Answer | undefined;
  /** The newest state of the session. Keep its `id` to resume it after a reload. */
  session: Session | undefined;
  error: AieraChatError | undefined;
  status: ConversationStatus;
}

/**
 * The answer to one prompt, asked once the component is mounted. A blank prompt sends nothing; another prompt is a new
 * session, so pass what was submitted, not what is being typed. A component that is mounted with the same client and prompt while
 * the create of another one that left is in flight goes on with that create.
 */
export declare function useAsk(
  prompt: string | null | undefined,
  options: UseAskOptions,
): UseAskResult;

/** Properties of {@link AieraChatWidget}: those of the element, and its events. */
export interface AieraChatWidgetProps
  extends
    Omit<HTMLAttributes<AieraChatElement>, "onError" | "prompt" | "placeholder">,
    AieraChatElementProperties {
  onReady?: (detail: void, event: CustomEvent) => void;
  onAnswer?: (detail: { answer: Answer }, event: CustomEvent) => void;
  onStatus?: (detail: { status: ConversationStatus }, event: CustomEvent) => void;
  onSessionChange?: (detail: { sessionId: number | null }, event: CustomEvent) => void;
  /** Call `event.preventDefault()` to keep the address from opening. */
  onCitationClick?: (detail: { citation: AnswerCitation }, event: CustomEvent) => void;
  onError?: (detail: { error: AieraChatError }, event: CustomEvent) => void;
}

/** `<aiera-chat>` as a component. A `ref` is the element, with its methods. */
export declare const AieraChatWidget: ForwardRefExoticComponent<
  AieraChatWidgetProps & RefAttributes<AieraChatElement>
>;
