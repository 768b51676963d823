/**
 * `aiera-chat/testing`: the Chat Sessions API in memory, for tests, demos and offline work.
 *
 * @example
 * ```ts
 * import { AieraChat } from "aiera-chat";
 * import { createMockApi } from "aiera-chat/testing";
 *
 * const mock = createMockApi({ polls: 1, answer: "Deliveries rose. [c1]" });
 * const chat = new AieraChat({ fetch: mock.fetch });
 * const done = await chat.pollSession(await chat.createSession({ prompt: "Tesla?" }));
 * ```
 *
 * As a Mock Service Worker handler: `http.all("*\/chat-v1/*", ({ request }) => mock.handler(request))`.
 * On a real port: `serve` of `aiera-chat/testing/node`, or `npx aiera-chat-mock`.
 *
 * Fake timers may be installed before or after, and drive the stages and delays. They must leave
 * `nextTick` and `queueMicrotask` alone, which the platform's own `Response` needs: that is so in
 * Vitest and `node:test`; for Jest it is
 * `jest.useFakeTimers({ doNotFake: ["nextTick", "queueMicrotask", "setImmediate"] })`, for Sinon
 * `useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] })`.
 *
 * @packageDocumentation
 */

// The platform's own types where the project has them (DOM, @types/node, Deno, workers); otherwise
// what this module needs of them. So neither the DOM library nor @types/node is required.
interface HeadersShape {
  get(name: string): string | null;
  has(name: string): boolean;
  forEach(callback: (value: string, key: string) => void): void;
}
interface SignalShape {
  readonly aborted: boolean;
  readonly reason: any;
}
interface RequestShape {
  readonly method: string;
  readonly url: string;
  readonly headers: HeadersShape;
  readonly signal: SignalShape;
  text(): Promise<string>;
}
interface ResponseShape {
  readonly status: number;
  readonly ok: boolean;
  readonly type: string;
  readonly url: string;
  readonly redirected: boolean;
  readonly headers: HeadersShape;
  readonly body: unknown;
  text(): Promise<string>;
  json(): Promise<any>;
}

/** The platform's `Request`. */
export type WebRequest = typeof globalThis extends { Request: new (...args: any) => infer R }
  ? R
  : RequestShape;
/** The platform's `Response`. */
export type WebResponse = typeof globalThis extends { Response: new (...args: any) => infer R }
  ? R
  : ResponseShape;
/** The platform's `fetch`. */
export type WebFetch = typeof globalThis extends { fetch: infer F }
  ? F
  : (input: any, init?: any) => Promise<WebResponse>;

/** The seven operations of the API. */
export type MockOperation =
  | "listSessions"
  | "createSession"
  | "getSession"
  | "updateSession"
  | "deleteSession"
  | "sendPrompt"
  | "clearSources";

/** A source, as the API shows it. What a caller sends as a source is echoed unchanged. */
export interface MockSource {
  id: string;
  name: string;
  type: string;
  meta: Record<string, unknown>;
  parent: MockSource | null;
}

/** A citation of an answer. `marker` is what stands in the text, brackets included: `"[c1]"`. */
export interface MockCitation {
  marker: string | null;
  quote: string | null;
  date: string | null;
  author: string | null;
  url: string | null;
  source: MockSource | null;
}

/** A block of an answer; `content` is Markdown with inline citation markers. */
export interface MockBlock {
  type: string;
  content: string;
  citations: MockCitation[];
}

/** A message of a session. */
export interface MockMessage {
  id: number;
  session_id: number;
  message_type: string;
  content: string;
  ordinal_id: string | null;
  /** Absent in `initial_prompt`. */
  prompt_message_id?: number | null;
  runner_version: string | null;
  tool_settings: unknown;
  user_id: number;
  /** Absent in `initial_prompt`. */
  sources?: MockSource[] | null;
  created_at: string;
  updated_at: string;
  /** Only in a response. */
  blocks?: MockBlock[];
}

/** A session, as the API shows it. */
export interface MockSession {
  id: number;
  title: string | null;
  title_status: "generated" | "user" | null;
  status: string;
  active_message_id: number | null;
  messages: MockMessage[] | null;
  sources: unknown[] | null;
  model_generation_params: unknown;
  model_id: unknown;
  user_id: number;
  votes: unknown;
  created_at: string;
  updated_at: string;
  /** Only in the answer to a create that had a prompt. */
  initial_prompt?: MockMessage;
}

/** One request, as it arrived. */
export interface MockRequest {
  method: string;
  /** From `/chat-v1/` on; the whole path where that is missing. */
  path: string;
  query: Record<string, string>;
  /** The whole address. */
  url: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** The raw text; empty without a body. */
  body: string;
  /** The body parsed; `undefined` where it is no JSON. */
  json: any;
  /** Arrival in milliseconds, by the mock's clock. */
  at: number;
  /** `null` for what the API does not have. */
  operation: MockOperation | null;
  sessionId: number | null;
}

/** A status of a run and how long it lasts: a time, or a number of polls that are shown it. */
export interface MockStage {
  /** Any string: unknown statuses can be scripted too. */
  status: string;
  /** How long the stage lasts, by `Date.now()`. Not on the last stage. */
  ms?: number;
  /** How many GETs of the session are shown it, whatever the time. Not on the last stage. */
  polls?: number;
}

/** An answer: Markdown, or blocks, or a message's parts. What is left out is filled in. */
export type MockAnswer =
  | string
  | ReadonlyArray<string | MockBlockInput>
  | {
      /** For payloads that carry the text in the message itself; default `""`. */
      content?: string;
      blocks?: ReadonlyArray<string | MockBlockInput>;
      /** Default: the sources of the citations. */
      sources?: ReadonlyArray<Partial<MockSource>>;
    };

/** A block with what is left out filled in: type `text`, no citations. */
export interface MockBlockInput {
  type?: string;
  content?: string;
  citations?: ReadonlyArray<
    Partial<Omit<MockCitation, "source">> & { source?: Partial<MockSource> | null }
  >;
  [field: string]: unknown;
}

/**
 * Something that goes wrong. The first part says with which requests, the second what.
 * At most one of `drop`, `stall`, `garble`, `redirect` and `echoKey`.
 */
export interface MockFault {
  /** Only these operations; default all requests. */
  operation?: MockOperation | readonly MockOperation[];
  /** Only this session. */
  sessionId?: number;
  /** Only requests for which this is true. */
  match?: (request: MockRequest) => boolean;
  /** Only the nth matching request, or several, counted from 1 since the fault was added. */
  nth?: number | readonly number[];
  /** For how many requests; default 1 (with `nth`: all of those). `Infinity` never ends. */
  times?: number;

  /**
   * The connection is lost: before an answer (`true`), or in the middle of its body (`"body"`).
   * `fetch` rejects with a `TypeError`, or the body does; on a real port the socket is destroyed.
   */
  drop?: boolean | "headers" | "body";
  /** Nothing more comes: no answer (`true`), or half a body (`"body"`). Ends with the signal only. */
  stall?: boolean | "headers" | "body";
  /** A 200 with an HTML page (`true`), the real answer cut in half, or an empty body. */
  garble?: boolean | "html" | "truncated" | "empty";
  /** Sends the client elsewhere: 302, or `status`. `true` is another origin. */
  redirect?: boolean | string;
  /** An error (403, or `status`) that shows the caller's key in its body and in a header. */
  echoKey?: boolean;

  /** The status of the answer, which then is an error with a plausible body. */
  status?: number;
  /** Headers added to the answer, such as `{ "retry-after": "2" }`. */
  headers?: Record<string, string>;
  /** The body of the answer: text as it is, bytes as they are, anything else as JSON. */
  body?: unknown;
  /** The answer is late. Alone, it is otherwise the real one. */
  latencyMs?: number;
  /** The body trickles in over this time. */
  bodyMs?: number;
  /** The API does the work although its answer is replaced or lost: a create that has happened. */
  processed?: boolean;
}

/** Decides for each request; nothing means that it goes well. */
export type MockFaultFunction = (
  request: MockRequest,
  context: {
    /** This is the nth request of its operation, from 1. */
    nth: number;
  },
) => MockFault | null | undefined | void;

/** Options of {@link createMockApi}; all are optional. */
export interface MockApiOptions {
  /**
   * The key that requests must carry as `X-API-Key`, or a function that judges it. Others get the
   * gateway's 403 `{"message": "Forbidden"}`. Default: any key, or none.
   */
  apiKey?: string | ((key: string | null) => boolean);
  /** The statuses that a prompt goes through; the first is the answer to the create. */
  stages?: readonly MockStage[] | ((prompt: string, session: MockSession) => readonly MockStage[]);
  /** Instead of `stages`: where the usual ones end, such as `"generating_response_error"`. */
  outcome?: string | ((prompt: string, session: MockSession) => string);
  /** The usual stages each last for so many polls instead of a time: tests without clocks. */
  polls?: number;
  /** The usual stages take so long together; default 5 000. */
  delayMs?: number;
  /** The answer, or a function that makes it; default: Markdown with a list, a table, two citations. */
  answer?: MockAnswer | ((prompt: string, session: MockSession) => MockAnswer);
  /** What goes wrong: a script, or a function asked for each request. */
  faults?: MockFault | readonly MockFault[] | MockFaultFunction;
  /** How long each answer takes: a time, the ends of a range, or a function. Default 0. */
  latencyMs?: number | readonly [number, number] | ((request: MockRequest) => number);
  /**
   * The time at the first request, from which the mock's clock goes on with `Date.now()`;
   * or a function that is the clock. Default: `Date.now()`.
   */
  now?: number | string | { getTime(): number } | (() => number);
  /** The first session's id; default 2229. */
  firstId?: number;
  /** The first message's id; default 20712. */
  firstMessageId?: number;
  /** The `user_id` of everything; default 9846. */
  userId?: number;
}

/** The API in memory. Its functions need no `this`: `const { fetch } = createMockApi()` works. */
export interface MockApi {
  /**
   * In place of the global `fetch`: signals, `Request` objects and `redirect` included. As in Node,
   * `redirect: "manual"` gives the answer itself, where a page would see an opaque one.
   */
  readonly fetch: WebFetch;
  /**
   * For servers, service workers and Mock Service Worker. Never rejects: a lost connection is
   * `Response.error()`, and so is what nobody waits for any more.
   */
  readonly handler: (request: WebRequest) => Promise<WebResponse>;
  /** What has arrived, in order. The same array always. */
  readonly requests: readonly MockRequest[];
  /** The sessions as they are now, messages included, by id. Looking does not count as a poll. */
  readonly sessions: MockSession[];
  /** Adds faults, after those that wait already; the function returned takes them back. */
  fail(faults: MockFault | readonly MockFault[]): () => void;
  /** Back to the state after `createMockApi()`: its options hold, all else is forgotten. */
  reset(): void;
}

/**
 * Makes an API in memory.
 *
 * @throws TypeError if an option is unknown or wrong; the message names it.
 */
export function createMockApi(options?: MockApiOptions): MockApi;
