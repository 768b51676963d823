/**
 * `aiera-chat/element`: defines `<aiera-chat>`, a conversation with Aiera's assistant in one tag. It may be loaded any
 * number of times. On a server, the import does nothing.
 *
 * @example
 * ```html
 * <aiera-chat base-url="/api/aiera"></aiera-chat>
 * <script type="module">
 *   import "aiera-chat/element";
 *
 *   const chat = document.querySelector("aiera-chat");
 *   chat.addEventListener("aiera-chat.answer", ({ detail }) => console.log(detail.answer.text));
 * </script>
 * ```
 *
 * @packageDocumentation
 */

import type {
  AieraChat,
  AieraChatError,
  Answer,
  AnswerCitation,
  PollOptions,
  Session,
  Turn,
} from "./index.js";

/**
 * The status of a conversation:
 *
 * - `idle`: nothing has been asked
 * - `submitted`: a prompt is being sent
 * - `working`: the assistant is working, or a session is being loaded
 * - `ready`: the session is finished, or the call was stopped
 * - `error`: a call failed
 */
export type ConversationStatus = "idle" | "submitted" | "working" | "ready" | "error";

/** Every text that the element shows. A name in braces is a placeholder for a value. */
export interface AieraChatStrings {
  greeting: string;
  /** The name of the log, for screen readers. */
  conversation: string;
  /** The name of the box, for screen readers. */
  composer: string;
  placeholder: string;
  /** The placeholder once there is a session. A `placeholder` that is replaced alone stays. */
  followUp: string;
  ask: string;
  stop: string;
  suggestions: string;

  sending: string;
  loading: string;
  /** Shown while the status of the session is `finding_sources`. */
  findingSources: string;
  generatingResponse: string;
  cancellingResponse: string;
  working: string;
  /** With `{seconds}`. */
  elapsed: string;
  /** With `{minutes}` and `{seconds}`. */
  elapsedMinutes: string;

  /** The name of a citation's chip, with `{label}`. */
  citation: string;
  /** The type of a source without one. */
  citedSource: string;
  openSource: string;
  sources: string;
  /** With `{count}`, which is 1. */
  consideredSource: string;
  /** With `{count}`. */
  consideredSources: string;
  table: string;
  chart: string;
  code: string;
  image: string;
  data: string;
  copyTable: string;
  copyMarkdown: string;
  copyText: string;
  copied: string;
  copyFailed: string;

  noAnswer: string;
  stopped: string;
  tryAgain: string;
  keepWaiting: string;
  startOver: string;

  errorSession: string;
  errorDeleted: string;
  errorNotFound: string;
  errorTimeout: string;
  errorNetwork: string;
  errorRefused: string;
  /** Refused by a proxy, not by the API. */
  errorProxyRefused: string;
  errorRedirected: string;
  /** The response was an HTML page, or another payload that is not the API's. */
  errorDecode: string;
  errorRateLimit: string;
  errorServer: string;
  errorRequest: string;
  errorCreateUnknown: string;
  errorPromptUnknown: string;
  errorWasm: string;
  errorArgument: string;
  errorOther: string;

  sourceAttachment: string;
  sourceCompany: string;
  sourceEvent: string;
  sourceExternal: string;
  sourceFiling: string;
  sourceMarketIndex: string;
  sourceNews: string;
  sourceResearch: string;
  sourceSector: string;
  sourceSubsector: string;
  sourceTranscript: string;
  sourceWatchlist: string;
}

/** The events of the element. All of them bubble and are composed. */
export interface AieraChatElementEventMap {
  /** The element is in a document for the first time, and can be used. */
  "aiera-chat.ready": CustomEvent<void>;
  /** A session was created, or forgotten (`null`). Save the id to resume the session after a reload. */
  "aiera-chat.session-change": CustomEvent<{ sessionId: number | null }>;
  "aiera-chat.status": CustomEvent<{ status: ConversationStatus }>;
  /** An answer arrived, to an ask or in a resumed session. */
  "aiera-chat.answer": CustomEvent<{ answer: Answer }>;
  /** The link of a citation was clicked. Its `http(s)` address opens in a new tab unless you call `preventDefault()`. */
  "aiera-chat.citation-click": CustomEvent<{ citation: AnswerCitation }>;
  /** A call failed. Not dispatched for a call that was stopped. */
  "aiera-chat.error": CustomEvent<{ error: AieraChatError }>;
}

/**
 * The properties of the element that can be set, for the types of a framework's templates. Each is documented at
 * {@link AieraChatElement}.
 */
export interface AieraChatElementProperties {
  client?: AieraChat | null | undefined;
  pollOptions?: PollOptions | null | undefined;
  strings?: Partial<AieraChatStrings> | null | undefined;
  suggestions?: readonly string[] | null | undefined;
  baseUrl?: string | URL | null | undefined;
  sessionId?: number | string | null | undefined;
  prompt?: string | null | undefined;
  placeholder?: string | null | undefined;
  theme?: "light" | "dark" | "auto" | null | undefined;
  headingLevel?: number | null | undefined;
  readOnly?: boolean | null | undefined;
}

/** The element `<aiera-chat>`. Its properties may be set before it is defined. */
export declare class AieraChatElement extends HTMLElement {
  /** The client to use. Without one, elements with the same `baseUrl` share a client. */
  get client(): AieraChat | null;
  set client(client: AieraChat | null | undefined);
  /** Options of every ask and every poll. */
  get pollOptions(): PollOptions | null;
  set pollOptions(options: PollOptions | null | undefined);
  /**
   * Every text that the element shows. Setting it replaces the texts that you name.
   *
   * @throws AieraChatError `invalid_argument` for an unknown name, or a value that is not a string
   */
  get strings(): AieraChatStrings;
  set strings(strings: Partial<AieraChatStrings> | null | undefined);
  /** Prompts to choose from. Choosing one sends it. */
  get suggestions(): readonly string[];
  set suggestions(suggestions: readonly string[] | null | undefined);

  /** Attribute `base-url`: the address of the API, as in the options of a client. Not used if `client` is set. */
  get baseUrl(): string | null;
  set baseUrl(url: string | URL | null | undefined);
  /** Attribute `session-id`: the session that is shown. `ask` and `reset` update it. */
  get sessionId(): number | string | null;
  set sessionId(id: number | string | bigint | null | undefined);
  /** Attribute `prompt`: the initial text of the composer. */
  get prompt(): string;
  set prompt(text: string | null | undefined);
  /** Attribute `placeholder`. */
  get placeholder(): string;
  set placeholder(text: string | null | undefined);
  /** Attribute `theme`; `auto` follows the system. */
  get theme(): "light" | "dark" | "auto";
  set theme(theme: "light" | "dark" | "auto" | null | undefined);
  /** Attribute `heading-level`: the level of the prompts, from 1 to 6. The headings of an answer begin one below. */
  get headingLevel(): number;
  set headingLevel(level: number | null | undefined);
  /** Attribute `readonly`: whether the conversation is shown without a composer. */
  get readOnly(): boolean;
  set readOnly(isReadOnly: boolean | null | undefined);

  /** The status of the conversation. */
  readonly status: ConversationStatus;
  /** The newest state of the session. */
  readonly session: Session | null;
  /** The turns, oldest first. */
  readonly turns: readonly Turn[];
  /** The failure, while `status` is `error`. */
  readonly error: AieraChatError | null;

  /**
   * Asks in the session, or creates one. An ask during another begins after it. A failure is shown and dispatched as an
   * event, so you may ignore the promise.
   */
  ask(prompt: Parameters<AieraChat["ask"]>[0]): Promise<Answer>;
  /** Stops polling: the ask rejects with `aborted`. The assistant continues. */
  stop(): void;
  /** Forgets the session: the next ask creates another. */
  reset(): void;
  /** Moves the focus to the composer. The element never takes the focus on its own. */
  focusComposer(): void;

  addEventListener<Type extends keyof AieraChatElementEventMap>(
    type: Type,
    listener: (this: AieraChatElement, event: AieraChatElementEventMap[Type]) => any,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Type extends keyof AieraChatElementEventMap>(
    type: Type,
    listener: (this: AieraChatElement, event: AieraChatElementEventMap[Type]) => any,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "aiera-chat": AieraChatElement;
  }
  interface HTMLElementEventMap extends AieraChatElementEventMap {}
}
