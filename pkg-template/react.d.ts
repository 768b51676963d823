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

/** Options of {@link useAieraChat}. `null` means absent. */
export interface UseAieraChatOptions {
  /** The client of the next call. A different client does not restart the conversation. */
  client: AieraChat;
  /**
   * The session to show; an unfinished one is polled. A different id shows that session; removing the id starts a new
   * conversation. The id of the session that an ask has just created changes nothing.
   */
  sessionId?: number | string | null | undefined;
  /** Options of every ask and every poll. */
  pollOptions?: PollOptions | null | undefined;
  /** Called once for each answer, also in a resumed session. */
  onAnswer?: ((answer: Answer) => void) | null | undefined;
  /** Called once for each failure. Not called for a call that was stopped. */
  onError?: ((error: AieraChatError) => void) | null | undefined;
}

/** The result of {@link useAieraChat}. */
export interface UseAieraChatResult {
  /** The turns, oldest first; from `submitted` on, the last one is the new prompt. */
  turns: readonly Turn[];
  /** The newest state of the session. */
  session: Session | undefined;
  /** `ready` after an answer, for a loaded session that is finished, and after `stop`. */
  status: ConversationStatus;
  /** The failure, while `status` is `error`. */
  error: AieraChatError | undefined;
  /**
   * Asks in the session, or creates one. An ask during another begins after it. You may ignore the promise: a failure is in
   * `error` too.
   */
  ask: (prompt: Parameters<AieraChat["ask"]>[0]) => Promise<Answer>;
  /** Stops polling: the ask rejects with `aborted`. The assistant continues. */
  stop: () => void;
  /** Forgets the session: the next ask creates another. */
  reset: () => void;
}

/**
 * A conversation. The functions that it returns stay the same. Under StrictMode, after a re-render, and after a remount with
 * the same `sessionId`, there is no second session. Unmounting stops the polls; during a create, `ask` then rejects with an error that has
 * the `sessionId`.
 */
export declare function useAieraChat(options: UseAieraChatOptions): UseAieraChatResult;

/** Options of {@link useAsk}. `null` means absent. */
export interface UseAskOptions extends UseAieraChatOptions {
  /** A session in which this prompt was already asked: it is resumed, and nothing is created. */
  sessionId?: number | string | null | undefined;
}

/** The result of {@link useAsk}. */
export interface UseAskResult {
  answer: Answer | undefined;
  /** The newest state of the session. Save its `id` to resume it after a reload. */
  session: Session | undefined;
  error: AieraChatError | undefined;
  status: ConversationStatus;
}

/**
 * The answer to one prompt, asked once the component is mounted. A blank prompt sends nothing; another prompt is a new
 * session, so pass the submitted text, not the text being typed. If another component with the same client and prompt was
 * unmounted during its create, this one continues that create.
 */
export declare function useAsk(
  prompt: string | null | undefined,
  options: UseAskOptions,
): UseAskResult;

/** Properties of {@link AieraChatWidget}: the element's properties and events. */
export interface AieraChatWidgetProps
  extends
    Omit<HTMLAttributes<AieraChatElement>, "onError" | "prompt" | "placeholder">,
    AieraChatElementProperties {
  onReady?: ((detail: void, event: CustomEvent) => void) | undefined;
  onAnswer?: ((detail: { answer: Answer }, event: CustomEvent) => void) | undefined;
  onStatus?: ((detail: { status: ConversationStatus }, event: CustomEvent) => void) | undefined;
  onSessionChange?:
    ((detail: { sessionId: number | null }, event: CustomEvent) => void) | undefined;
  /** Call `event.preventDefault()` to prevent the address from opening. */
  onCitationClick?:
    ((detail: { citation: AnswerCitation }, event: CustomEvent) => void) | undefined;
  onError?: ((detail: { error: AieraChatError }, event: CustomEvent) => void) | undefined;
}

/** `<aiera-chat>` as a component. A `ref` is the element, with its methods. */
export declare const AieraChatWidget: ForwardRefExoticComponent<
  AieraChatWidgetProps & RefAttributes<AieraChatElement>
>;
