/**
 * `aiera-chat`: asks Aiera's financial-research assistant a question and waits for its answer.
 *
 * @example
 * ```ts
 * import { AieraChat } from "aiera-chat";
 *
 * const chat = new AieraChat({ apiKey: process.env.AIERA_API_KEY });
 * const session = await chat.createSession({ prompt: "What were the key takeaways from Tesla Q1 2026 earnings?" });
 * const done = await chat.pollSession(session, { onUpdate: (s) => console.error(s.status) });
 * ```
 *
 * @packageDocumentation
 */

// The platform's own types where the project has them (DOM, @types/node, Deno, workers); otherwise what this package
// needs of them. So neither the DOM library nor @types/node is required.
/** An `AbortSignal`, as far as it is used. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: any;
  addEventListener(type: "abort", listener: (this: any, event: any) => any, options?: any): void;
  removeEventListener(type: "abort", listener: (this: any, event: any) => any, options?: any): void;
}
/** A replacement for `fetch`: called with a URL and plain options, it gives a promise of a `Response`. */
export type FetchLike = (input: any, init?: any) => Promise<any>;
/** Whatever `new Headers()` takes. */
export type HeadersLike =
  | Record<string, string>
  | Iterable<readonly [string, string]>
  | { forEach(callback: (value: string, key: string) => void): void };
/** A `URL`. */
export interface URLLike {
  readonly href: string;
}

/** One of these, or one that the API has learnt since; completion knows the ones listed. */
export type Open<Known extends string> = Known | (string & {});

/**
 * Where a session is. The usual way is `finding_sources` → `generating_response` → `active`; a poll resolves at `active`
 * and rejects at the two `_error` values and at `deleted`.
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

/** What an answer rests on, or is limited to. */
export interface Source {
  id: string;
  name?: string | null;
  type: SourceType;
  meta?: Record<string, unknown> | null;
  parent?: Source | null;
  [field: string]: unknown;
}

/** Where a statement of an answer comes from. `marker` stands in the block's `content`. */
export interface Citation {
  marker: string;
  quote?: string | null;
  date?: string | null;
  author?: string | null;
  url?: string | null;
  source?: Source | null;
  [field: string]: unknown;
}

/** A part of an answer; `content` is Markdown. It is untrusted text: sanitise what is made of it. */
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

/** A session as the server sent it: unknown fields kept, absent ones absent, nothing altered. */
export interface Session {
  id: number;
  title?: string | null;
  title_status?: Open<"generated" | "user"> | null;
  status: SessionStatus;
  active_message_id?: number | null;
  /** `null` unless messages were asked for, as a poll does. */
  messages?: Message[] | null;
  sources?: Source[] | null;
  model_generation_params?: unknown;
  model_id?: unknown;
  user_id?: number | null;
  votes?: unknown;
  /** ISO 8601, UTC. */
  created_at?: string;
  updated_at?: string;
  /** Only in the answer to a create, and only with a prompt. */
  initial_prompt?: Message;
  [field: string]: unknown;
}

/** A session that is finished. */
export interface FinishedSession extends Session {
  status: "active";
  messages?: Message[] | null;
}

/** A session to wait for: its id (an integer from 1 to 2**53-1, as a number, a bigint or in decimal), or anything with one. */
export type SessionRef = number | bigint | string | { readonly id: number | bigint | string };

/** What a session is created from. `null` is absent. */
export interface CreateSessionParams {
  /** Not blank. One is generated if it is omitted. */
  title?: string | null;
  /** Not blank. With it the session begins to generate a response at once. */
  prompt?: string | null;
  /** Limits the session to these documents, events or companies; passed on as they are. */
  sources?: readonly unknown[] | null;
  /** Fields that this version does not know, sent along. */
  extraBody?: Readonly<Record<string, unknown>> | null;
}

/** Options of a client. `null` is absent. */
export interface AieraChatOptions {
  /**
   * The API key, or a function that gives one or a promise of one: it is called once a call, and once more when the key is
   * refused (401, 403). Absent behind a proxy that adds it. It goes to `baseUrl`'s origin only.
   */
  apiKey?: string | (() => string | Promise<string>) | null;
  /**
   * Where the API is: `https:`, or `http:` on loopback, or in a browser a path on the page's own origin.
   * @defaultValue `"https://premium.aiera.com/api"`
   */
  baseUrl?: string | URLLike | null;
  /**
   * A replacement for the global `fetch`.
   * @defaultValue the global one, looked up at each request
   */
  fetch?: FetchLike | null;
  /** Extra headers on every request: whatever `new Headers()` takes, without `X-API-Key`. */
  headers?: HeadersLike | null;
  /**
   * As in `fetch`; for proxies that are guarded by cookies.
   * @defaultValue `"same-origin"`
   */
  credentials?: "omit" | "same-origin" | "include" | null;
  /**
   * Milliseconds for one HTTP exchange, its body included; at least 1, or `Infinity`.
   * @defaultValue 30 000
   */
  requestTimeoutMs?: number | null;
  /**
   * Failures in a row that a poll survives (and refusals with 429 that a create does); an integer from 0.
   * @defaultValue 6
   */
  maxRetries?: number | null;
  /**
   * Allows `apiKey` in a page or a browser's worker, where every visitor can read it.
   * @defaultValue false
   */
  dangerouslyAllowBrowser?: boolean | null;
}

/** Options of one call. `null` is absent. */
export interface CallOptions {
  /** Ends the call at once, in every state. */
  signal?: AbortSignalLike | null;
  /**
   * Milliseconds for the whole call: key function, connects, bodies, sleeps and retries; at least 1, or `Infinity`.
   * @defaultValue 600 000 for polls, 60 000 for a create
   */
  timeoutMs?: number | null;
  /** As the client's, for this call. */
  requestTimeoutMs?: number | null;
  /** As the client's, for this call. */
  maxRetries?: number | null;
  /** Added to the client's. */
  headers?: HeadersLike | null;
}

/** Options of a wait. */
export interface PollOptions extends CallOptions {
  /**
   * The shortest pause between two requests, in milliseconds; finite, at least 1. Above the default of `maxIntervalMs` it
   * raises that.
   * @defaultValue 500
   */
  intervalMs?: number | null;
  /**
   * The longest pause, in milliseconds; finite, at least 1. Between the two the client chooses.
   * @defaultValue 5 000
   */
  maxIntervalMs?: number | null;
  /** Called with the session each time that it changes, the first state seen included. */
  onUpdate?: ((session: Session) => void) | null;
  /** Called after every exchange. */
  onPoll?: ((event: PollEvent) => void) | null;
}

/** One exchange of a wait. */
export interface PollEvent {
  /** Counts exchanges from 1. */
  attempt: number;
  /** Milliseconds since the call began. */
  elapsedMs: number;
  /** Absent where there was no answer. */
  httpStatus?: number;
  /** Absent where the answer held no session. */
  sessionStatus?: SessionStatus;
  /** What went wrong, if anything did. */
  error?: AieraChatError;
  /** Milliseconds until the next request; absent at the end, and while there is no network. */
  nextDelayMs?: number;
  /** Why the next pause is as long as it is. */
  reason: "interval" | "backoff" | "retry-after" | "hidden" | "offline" | "done";
}

/** What a call can reject with; see `AieraChatError`. */
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
  | "create_outcome_unknown"
  | "wasm_unavailable";

/** What every `AieraChatError` may carry. */
interface ErrorDetails {
  /** The HTTP status of the answer that decided. */
  readonly status?: number;
  /** Milliseconds that the server asked to wait. */
  readonly retryAfterMs?: number;
  /** From `x-request-id`, `request-id` or `x-amzn-requestid`. */
  readonly requestId?: string;
  /** The session that was waited for. */
  readonly sessionId?: number;
  /** The last session seen, at first the one that was passed in. */
  readonly lastSession?: any;
  /** Exchanges made. */
  readonly attempts?: number;
  /** Milliseconds since the call began. */
  readonly elapsedMs?: number;
  /** The beginning of the answer's body, at most 2 KiB, without the key. */
  readonly body?: string;
}

/**
 * What every call rejects with. Narrow it by its `code`:
 *
 * | `code` | when |
 * |---|---|
 * | `invalid_argument` | a wrong argument or option; nothing was sent |
 * | `key_unavailable` | the `apiKey` function gave no key |
 * | `aborted` | your signal; `cause` is its reason; `name` is `AbortError` |
 * | `timeout` | `timeoutMs` used up; `name` is `TimeoutError` |
 * | `network` | no complete answer: retries used up, or a create that surely never left |
 * | `http` | an answer that is final |
 * | `redirected` | a redirect, which is never followed |
 * | `decode` | an answer that is not the session |
 * | `session_failed` | the session ended in `finding_sources_error`, `generating_response_error` or `deleted` |
 * | `create_outcome_unknown` | a create that may have been carried out; `cause` is the underlying error |
 * | `wasm_unavailable` | WebAssembly is missing or forbidden |
 */
export type AieraChatError = {
  [Code in AieraChatErrorCode]: AieraChatErrorOf<Code>;
}[AieraChatErrorCode];

/** An error with this code. */
export interface AieraChatErrorOf<Code extends AieraChatErrorCode> extends Error, ErrorDetails {
  readonly code: Code;
  readonly cause?: unknown;
}

export declare const AieraChatError: {
  /** Made by the package; make one yourself to test what you do about it. */
  new <Code extends AieraChatErrorCode>(
    code: Code,
    message: string,
    fields?: ErrorDetails & { readonly cause?: unknown },
  ): AieraChatErrorOf<Code>;
  readonly prototype: AieraChatError;
  [Symbol.hasInstance](value: unknown): value is AieraChatError;
};

/** A client. Waits on one session of one client share one stream of requests. */
export declare class AieraChat {
  /** @throws AieraChatError `invalid_argument`, here or at the first call */
  constructor(options?: AieraChatOptions | null);
  /**
   * Creates a session; resolves with it as the server sent it. The request is sent once: it is repeated only where it was
   * surely refused unprocessed.
   */
  createSession(
    params?: CreateSessionParams | null,
    options?: CallOptions | null,
  ): Promise<Session>;
  /** Waits for the answer: resolves with the session, messages included, once its status is `active`. */
  pollSession(session: SessionRef, options?: PollOptions | null): Promise<FinishedSession>;
  /**
   * The session each time that it changes, the first state seen included; a slow reader sees the newest. Begins with the
   * first `next()`, ends after `active`, throws after any other final state, stops polling when the loop is left.
   */
  watchSession(
    session: SessionRef,
    options?: PollOptions | null,
  ): AsyncGenerator<Session, void, undefined>;
}

/** {@link AieraChat.createSession}, with client and call options in one object. */
export declare function createSession(
  params?: CreateSessionParams | null,
  options?: (AieraChatOptions & CallOptions) | null,
): Promise<Session>;

/** {@link AieraChat.pollSession}, with client and call options in one object. */
export declare function pollSession(
  session: SessionRef,
  options?: (AieraChatOptions & PollOptions) | null,
): Promise<FinishedSession>;

/** {@link AieraChat.watchSession}, with client and call options in one object. */
export declare function watchSession(
  session: SessionRef,
  options?: (AieraChatOptions & PollOptions) | null,
): AsyncGenerator<Session, void, undefined>;
