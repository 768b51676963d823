/**
 * `aiera-chat`: asks Aiera's financial-research assistant a question and waits for its answer.
 *
 * @example
 * ```ts
 * import { AieraChat } from "aiera-chat";
 *
 * const chat = new AieraChat({ apiKey: process.env.AIERA_API_KEY });
 * const answer = await chat.ask("What were the key takeaways from Tesla Q1 2026 earnings?");
 * console.log(answer.toMarkdown());
 * const more = await chat.ask("And the margins?", { session: answer.session });
 * ```
 *
 * @packageDocumentation
 */

import type { Answer } from "./answer.js";

export * from "./answer.js";

// Structural types, so neither the DOM library nor @types/node is required.
/** The members of an `AbortSignal` that the client uses. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: any;
  addEventListener(type: "abort", listener: (this: any, event: any) => any, options?: any): void;
  removeEventListener(type: "abort", listener: (this: any, event: any) => any, options?: any): void;
}
/** A replacement for `fetch`: called with a URL and plain options, it returns a promise of a `Response`. */
export type FetchLike = (input: any, init?: any) => Promise<any>;
/** Any value that `new Headers()` accepts. */
export type HeadersLike =
  | Record<string, string>
  | Iterable<readonly [string, string]>
  | { forEach(callback: (value: string, key: string) => void): void };
/** A `URL`. */
export interface URLLike {
  readonly href: string;
}

/** One of the documented values, or one that the API added later. Editors complete the documented ones. */
export type Open<Known extends string> = Known | (string & {});

/**
 * The status of a session. The usual order is `finding_sources` → `generating_response` → `active`. A poll resolves when
 * the status is `active`, and rejects when it is one of the `_error` values or `deleted`.
 */
export type SessionStatus = Open<
  | "active"
  | "finding_sources"
  | "generating_response"
  | "cancelling_response"
  | "finding_sources_error"
  | "generating_response_error"
  | "deleted"
>;
export type MessageType = Open<"prompt" | "response" | "status" | "source_confirmation">;
export type SourceType = Open<
  | "attachment"
  | "company"
  | "event"
  | "external"
  | "filing"
  | "market_index"
  | "news"
  | "research"
  | "sector"
  | "subsector"
  | "transcript"
  | "watchlist"
>;
export type BlockType = Open<"text" | "chart" | "code" | "image" | "list" | "quote" | "table">;

/** A document, an event or a company: a source of an answer, or one that a session is limited to. */
export interface Source {
  id: string;
  name?: string | null;
  type: SourceType;
  meta?: Record<string, unknown> | null;
  parent?: Source | null;
  [field: string]: unknown;
}

/** The source of a statement in an answer. Its `marker` is in the block's `content`. */
export interface Citation {
  marker: string;
  quote?: string | null;
  date?: string | null;
  author?: string | null;
  url?: string | null;
  source?: Source | null;
  [field: string]: unknown;
}

/** A part of an answer. Its `content` is Markdown and untrusted: sanitize the HTML that you render from it. */
export interface Block {
  type: BlockType;
  content: string;
  citations?: Citation[] | null;
  [field: string]: unknown;
}

/** A message of a session. The answer is the last one whose `message_type` is `response`. */
export interface Message {
  id: number;
  session_id: number;
  message_type: MessageType;
  content?: string | null;
  ordinal_id?: string | null;
  prompt_message_id?: number | null;
  runner_version?: string | null;
  tool_settings?: unknown;
  user_id?: number | null;
  sources?: Source[] | null;
  blocks?: Block[] | null;
  /** ISO 8601, UTC. */
  created_at: string;
  updated_at: string;
  [field: string]: unknown;
}

/** A session as the server sent it, unaltered and with unknown fields. */
export interface Session {
  id: number;
  title?: string | null;
  title_status?: Open<"generated" | "user"> | null;
  status: SessionStatus;
  active_message_id?: number | null;
  /** `null` unless the request asks for messages, as a poll does. */
  messages?: Message[] | null;
  sources?: Source[] | null;
  model_generation_params?: unknown;
  model_id?: unknown;
  user_id?: number | null;
  votes?: unknown;
  /** ISO 8601, UTC. */
  created_at?: string;
  updated_at?: string;
  /** Only in the response to a create with a prompt. */
  initial_prompt?: Message;
  [field: string]: unknown;
}

/** A session that is finished. */
export interface FinishedSession extends Session {
  status: "active";
}

/** A session: its id (an integer from 1 to 2**53-1, as a number, a bigint or a decimal string), or any object with an `id`. */
export type SessionRef = number | bigint | string | { readonly id: number | bigint | string };

/** A session, or a message in it. */
export type SessionOrMessageRef =
  | SessionRef
  | { readonly id: number | bigint | string; readonly session_id: number | bigint | string };

/** A source to limit a session to; sent unchanged. */
export interface SourceInput {
  type?: SourceType | undefined;
  id?: string | number | undefined;
  [field: string]: unknown;
}

/** The parameters of a new session. `null` means absent. */
export interface CreateSessionParams {
  /** Not blank. The service generates one if it is omitted. */
  title?: string | null | undefined;
  /** Not blank. The service starts to answer it immediately. */
  prompt?: string | null | undefined;
  /** Limits the session to these documents, events or companies. */
  sources?: readonly SourceInput[] | null | undefined;
  /** Fields that this version does not have, added to the request's body. */
  extraBody?: Readonly<Record<string, unknown>> | null | undefined;
}

/** A follow-up prompt. `null` means absent. */
export interface PromptParams {
  /** Not blank. */
  content: string;
  /** Sent as `tool_settings`. */
  toolSettings?: ToolSettings | null | undefined;
  /** Fields that this version does not have, added to the request's body. */
  extraBody?: Readonly<Record<string, unknown>> | null | undefined;
}

/** The tools that the assistant may use for a prompt. */
export interface ToolSettings {
  web_search_enabled?: boolean | undefined;
  source_filters?: unknown;
  [field: string]: unknown;
}

/** A change to a session: at least one field. `null` means absent. */
export interface UpdateSessionParams {
  /** Not blank. */
  title?: string | null | undefined;
  /** Replaces the list. It may not be empty: use `clearSources` instead. */
  sources?: readonly SourceInput[] | null | undefined;
  /** Fields that this version does not have, added to the request's body. */
  extraBody?: Readonly<Record<string, unknown>> | null | undefined;
}

/** A page of the list of sessions. `null` means absent. */
export interface ListSessionsParams {
  /**
   * An integer from 1.
   * @defaultValue 1
   */
  page?: number | null | undefined;
  /**
   * Sessions on a page: an integer from 1 to 100.
   * @defaultValue 20, the API's default
   */
  pageSize?: number | null | undefined;
}

/** The position of a page among the others. */
export interface Pagination {
  page?: number;
  page_size?: number;
  total_pages?: number;
  total_count?: number;
  has_next?: boolean;
  has_previous?: boolean;
  [field: string]: unknown;
}

/** A page of sessions, most recently updated first. Their `messages` are `null`. */
export interface SessionPage {
  data: Session[];
  pagination?: Pagination;
  /** Whether there is another page. */
  hasNextPage(): boolean;
  /** Gets the next page. Rejects with `invalid_argument` if there is none. */
  getNextPage(): Promise<SessionPage>;
  [field: string]: unknown;
}

/**
 * A list of sessions: a promise of the first page, and an async iterable of the sessions on all pages. Nothing is sent before it
 * is awaited or iterated.
 *
 * @example
 * ```ts
 * for await (const session of chat.listSessions({ pageSize: 100 })) console.log(session.id, session.title);
 * ```
 */
export interface SessionList extends Promise<SessionPage>, AsyncIterable<Session> {}

/** Options of a client. `null` means absent. */
export interface AieraChatOptions {
  /**
   * The API key, or a function that returns one or a promise of one: it is called once per call, and once more when the key is
   * refused (401, 403). Absent behind a proxy that adds it. It goes to `baseUrl`'s origin only.
   */
  apiKey?: string | (() => string | PromiseLike<string>) | null | undefined;
  /**
   * The address of the API: `https:`, or `http:` on loopback, or in a page a path on the page's own origin.
   * @defaultValue `"https://premium.aiera.com/api"`
   */
  baseUrl?: string | URLLike | null | undefined;
  /**
   * A replacement for the global `fetch`.
   * @defaultValue the global one, looked up at each request
   */
  fetch?: FetchLike | null | undefined;
  /** Extra headers on every request: any value that `new Headers()` accepts, without `X-API-Key`. */
  headers?: HeadersLike | null | undefined;
  /**
   * As in `fetch`; for proxies that are guarded by cookies.
   * @defaultValue `"same-origin"`
   */
  credentials?: "omit" | "same-origin" | "include" | null | undefined;
  /**
   * Milliseconds for one HTTP exchange, including its body; at least 1, or `Infinity`.
   * @defaultValue 30 000
   */
  requestTimeoutMs?: number | null | undefined;
  /**
   * Failures in a row that a call survives; an integer from 0. A create or a prompt survives only refusals with 429.
   * @defaultValue 6
   */
  maxRetries?: number | null | undefined;
  /**
   * Allows `apiKey` in a page or a browser's worker, although every visitor can read it.
   * @defaultValue false
   */
  dangerouslyAllowBrowser?: boolean | null | undefined;
}

/** Options of every call. `null` means absent. */
export interface CallOptions {
  /** Ends the call immediately, in every state. */
  signal?: AbortSignalLike | null | undefined;
  /**
   * Milliseconds for the whole call: key function, connections, bodies, delays and retries; at least 1, or `Infinity`.
   * @defaultValue 600 000 for polls and `ask`, 60 000 for the others
   */
  timeoutMs?: number | null | undefined;
  /** Overrides the client's option for this call. */
  requestTimeoutMs?: number | null | undefined;
  /** Overrides the client's option for this call. */
  maxRetries?: number | null | undefined;
  /** Added to the client's headers. */
  headers?: HeadersLike | null | undefined;
}

/** The pace and the callbacks of a poll. `null` means absent. */
export interface PaceOptions extends CallOptions {
  /**
   * The minimum delay between polls, in milliseconds; finite, at least 1. A value above the default of `maxIntervalMs`
   * raises that too.
   * @defaultValue 500
   */
  intervalMs?: number | null | undefined;
  /**
   * The maximum delay between polls, in milliseconds; finite, at least 1. The client chooses each interval between the two.
   * @defaultValue 5 000
   */
  maxIntervalMs?: number | null | undefined;
  /** Called with the first state of the session, and each time that it changes. */
  onUpdate?: ((session: Session) => void) | null | undefined;
  /** Called after every exchange. */
  onPoll?: ((event: PollEvent) => void) | null | undefined;
}

/** Options of a poll. `null` means absent. */
export interface PollOptions extends PaceOptions {
  /**
   * Waits for the response to this prompt. The status `active` alone does not end the poll, since the first polls after a
   * follow-up may still show the previous turn. A prompt message instead of the session implies it.
   */
  promptId?: number | bigint | string | null | undefined;
}

/** Options of `ask`. `null` means absent. */
export interface AskOptions extends PaceOptions {
  /** Asks a follow-up in this session. Asks of one client in one session run one after the other. */
  session?: SessionOrMessageRef | null | undefined;
  /** Called as soon as the session exists, so that you can save its id. Not called for a follow-up. */
  onCreated?: ((session: Session) => void) | null | undefined;
}

/** Options of `getSession`. `null` means absent; an absent option is not sent. */
export interface GetSessionOptions extends CallOptions {
  includeMessages?: boolean | null | undefined;
  includeStatuses?: boolean | null | undefined;
  includeVotes?: boolean | null | undefined;
}

/** One exchange of a poll. */
export interface PollEvent {
  /** The number of this exchange, from 1. */
  attempt: number;
  /** Milliseconds since the start of the call. */
  elapsedMs: number;
  /** Absent without an HTTP response. */
  httpStatus?: number;
  /** Absent if the response holds no session. */
  sessionStatus?: SessionStatus;
  /** The failure of the exchange, if it failed. */
  error?: AieraChatError;
  /** Milliseconds until the next request; absent at the end, and while there is no network. */
  nextDelayMs?: number;
  /** The reason for the length of the next delay. */
  reason: "interval" | "backoff" | "retry-after" | "hidden" | "offline" | "done";
}

/** The codes of the errors that a call rejects with; see `AieraChatError`. */
export type AieraChatErrorCode =
  | "invalid_argument"
  | "key_unavailable"
  | "aborted"
  | "timeout"
  | "network"
  | "http"
  | "redirected"
  | "decode"
  | "session_failed"
  | "no_answer"
  | "create_outcome_unknown"
  | "prompt_outcome_unknown"
  | "wasm_unavailable";

/** Fields of an `AieraChatError`. */
export interface ErrorDetails {
  /** Whether the same call can be repeated without harm, and may succeed. */
  readonly retryable?: boolean;
  /** The HTTP status of the response that ended the call. */
  readonly status?: number;
  /** The delay that the server asked for, in milliseconds. */
  readonly retryAfterMs?: number;
  /** From `x-request-id`, `request-id` or `x-amzn-requestid`. */
  readonly requestId?: string;
  /** The session of the call. */
  readonly sessionId?: number;
  /** The latest state of the session; at first the one that you passed. */
  readonly lastSession?: Session;
  /** The number of HTTP exchanges. */
  readonly attempts?: number;
  /** Milliseconds since the start of the call. */
  readonly elapsedMs?: number;
  /** The beginning of the response's body, at most 2 KiB, without the key. */
  readonly body?: string;
}

/**
 * The error that every call rejects with. Narrow it by its `code`:
 *
 * | `code` | when |
 * |---|---|
 * | `invalid_argument` | a wrong argument or option; nothing was sent |
 * | `key_unavailable` | the `apiKey` function failed, or returned no key |
 * | `aborted` | your signal; `cause` is its reason; `name` is `AbortError` |
 * | `timeout` | `timeoutMs` is used up; `name` is `TimeoutError` |
 * | `network` | no complete response: retries are used up, or a create or prompt was certainly never sent |
 * | `http` | a response that is final |
 * | `redirected` | a redirect, which is never followed |
 * | `decode` | a response that is not the session, message or page |
 * | `session_failed` | the session ended in `finding_sources_error`, `generating_response_error` or `deleted` |
 * | `no_answer` | `ask`: the session is finished and holds no response to the prompt |
 * | `create_outcome_unknown` | a create that may have been processed; `cause` is the underlying error |
 * | `prompt_outcome_unknown` | a prompt that may have been processed; `cause` is the underlying error |
 * | `wasm_unavailable` | WebAssembly is missing or forbidden |
 */
export type AieraChatError = {
  [Code in AieraChatErrorCode]: AieraChatErrorOf<Code>;
}[AieraChatErrorCode];

/** An error with this code. */
export interface AieraChatErrorOf<Code extends AieraChatErrorCode> extends Error, ErrorDetails {
  readonly code: Code;
  readonly retryable: boolean;
  /** `any`, since TypeScript 4.7 declares the cause of an `Error` as an `Error`. */
  readonly cause?: any;
  /** Name, message and all fields as plain data; the cause without its stack. */
  toJSON(): AieraChatErrorJSON;
}

/** An error as plain data, for a worker, IPC or a log: `structuredClone` of an error loses its `code`. */
export interface AieraChatErrorJSON extends ErrorDetails {
  readonly name: string;
  readonly message: string;
  readonly code: AieraChatErrorCode;
  readonly cause?: unknown;
}

export declare const AieraChatError: {
  /** The package creates these; create one to test your error handling. */
  new <Code extends AieraChatErrorCode>(
    code: Code,
    message: string,
    fields?: ErrorDetails & { readonly cause?: unknown },
  ): AieraChatErrorOf<Code>;
  readonly prototype: AieraChatError;
  [Symbol.hasInstance](value: unknown): value is AieraChatError;
};

/**
 * A client of Aiera's chat API: options and the calls that share them. It holds no connection and needs no `close()`. Calls that
 * poll one session share one stream of requests.
 *
 * @example
 * ```ts
 * const chat = new AieraChat({ baseUrl: "/api/aiera" }); // a proxy on the page's own origin adds the key
 * const answer = await chat.ask("How did Nvidia's data center revenue grow?");
 * ```
 */
export declare class AieraChat {
  /** Wrong options reject the first call with `invalid_argument`. */
  constructor(options?: AieraChatOptions | null);

  /**
   * Asks a question and waits for its answer: creates a session, or sends a follow-up to `options.session`, and polls. A create
   * or a prompt is sent once. Every failure after the create carries `sessionId` and `lastSession`.
   */
  ask(
    prompt: string | (CreateSessionParams & { prompt: string }),
    options?: (AskOptions & { session?: null | undefined }) | null,
  ): Promise<Answer>;
  ask(
    prompt: string | PromptParams,
    options: AskOptions & { session: SessionOrMessageRef },
  ): Promise<Answer>;
  ask(
    prompt: string | (CreateSessionParams & { prompt: string }) | PromptParams,
    options?: AskOptions | null,
  ): Promise<Answer>;

  /**
   * Creates a session; resolves with it as the server sent it. The request is sent once: it is repeated only if the server
   * certainly refused it unprocessed.
   */
  createSession(
    params?: CreateSessionParams | null,
    options?: CallOptions | null,
  ): Promise<Session>;

  /**
   * Waits for the response: resolves with the session and its messages once its status is `active`. A prompt message
   * instead of the session waits for the response to that prompt.
   */
  pollSession(session: SessionOrMessageRef, options?: PollOptions | null): Promise<FinishedSession>;

  /**
   * Yields the first state of the session, and each change; a slow reader gets the newest state. Starts with the first
   * `next()`, ends after `active`, throws after any other final state, and stops polling when the loop is left.
   */
  watchSession(
    session: SessionOrMessageRef,
    options?: PollOptions | null,
  ): AsyncGenerator<Session, void, undefined>;

  /** Sends a follow-up prompt; resolves with the prompt message. The request is sent once. */
  sendPrompt(
    session: SessionOrMessageRef,
    prompt: string | PromptParams,
    options?: CallOptions | null,
  ): Promise<Message>;

  /** Gets a session once. */
  getSession(session: SessionOrMessageRef, options?: GetSessionOptions | null): Promise<Session>;

  /** Lists sessions, most recently updated first. */
  listSessions(params?: ListSessionsParams | null, options?: CallOptions | null): SessionList;

  /** Changes a session's title or sources. */
  updateSession(
    session: SessionOrMessageRef,
    params: UpdateSessionParams,
    options?: CallOptions | null,
  ): Promise<Session>;

  /** Deletes a session. */
  deleteSession(session: SessionOrMessageRef, options?: CallOptions | null): Promise<void>;

  /** Removes all sources of a session. Citations of earlier answers stay. */
  clearSources(session: SessionOrMessageRef, options?: CallOptions | null): Promise<Session>;
}

/** {@link AieraChat.ask}, with client and call options in one object. */
export declare function ask(
  prompt: string | (CreateSessionParams & { prompt: string }) | PromptParams,
  options?: (AieraChatOptions & AskOptions) | null,
): Promise<Answer>;

/** {@link AieraChat.createSession}, with client and call options in one object. */
export declare function createSession(
  params?: CreateSessionParams | null,
  options?: (AieraChatOptions & CallOptions) | null,
): Promise<Session>;

/** {@link AieraChat.pollSession}, with client and call options in one object. */
export declare function pollSession(
  session: SessionOrMessageRef,
  options?: (AieraChatOptions & PollOptions) | null,
): Promise<FinishedSession>;

/** {@link AieraChat.watchSession}, with client and call options in one object. */
export declare function watchSession(
  session: SessionOrMessageRef,
  options?: (AieraChatOptions & PollOptions) | null,
): AsyncGenerator<Session, void, undefined>;

/** {@link AieraChat.sendPrompt}, with client and call options in one object. */
export declare function sendPrompt(
  session: SessionOrMessageRef,
  prompt: string | PromptParams,
  options?: (AieraChatOptions & CallOptions) | null,
): Promise<Message>;

/** {@link AieraChat.getSession}, with client and call options in one object. */
export declare function getSession(
  session: SessionOrMessageRef,
  options?: (AieraChatOptions & GetSessionOptions) | null,
): Promise<Session>;

/** {@link AieraChat.listSessions}, with client and call options in one object. */
export declare function listSessions(
  params?: ListSessionsParams | null,
  options?: (AieraChatOptions & CallOptions) | null,
): SessionList;

/** {@link AieraChat.updateSession}, with client and call options in one object. */
export declare function updateSession(
  session: SessionOrMessageRef,
  params: UpdateSessionParams,
  options?: (AieraChatOptions & CallOptions) | null,
): Promise<Session>;

/** {@link AieraChat.deleteSession}, with client and call options in one object. */
export declare function deleteSession(
  session: SessionOrMessageRef,
  options?: (AieraChatOptions & CallOptions) | null,
): Promise<void>;

/** {@link AieraChat.clearSources}, with client and call options in one object. */
export declare function clearSources(
  session: SessionOrMessageRef,
  options?: (AieraChatOptions & CallOptions) | null,
): Promise<Session>;
