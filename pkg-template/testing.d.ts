/**
 * `aiera-chat/testing`: the Chat Sessions API in memory, for tests, demos and offline work.
 *
 * @example
 * ```ts
 * import { AieraChat } from "aiera-chat";
 * import { createMockApi } from "aiera-chat/testing";
 *
 * const mock = createMockApi({ polls: 1, answer: "Deliveries rose." });
 * const chat = new AieraChat({ fetch: mock.fetch });
 * const answer = await chat.ask("How were Tesla's deliveries?");
 * ```
 *
 * As a handler of Mock Service Worker: `http.all("*\/chat-v1/*", ({ request }) => mock.handler(request))`.
 * On a port: `serve` of `aiera-chat/testing/node`, or `npx aiera-chat mock`.
 *
 * Fake timers drive the stages and delays, whether they are installed before or after the mock is created. They must leave
 * `nextTick` and `queueMicrotask` alone, which the platform's own `Response` needs. That is the default of Vitest and
 * `node:test`. Jest needs `jest.useFakeTimers({ doNotFake: ["nextTick", "queueMicrotask", "setImmediate"] })`, and Sinon
 * `useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] })`.
 *
 * @packageDocumentation
 */

// The platform's own types where the project has them (DOM, @types/node, Deno, workers); else the members that this module
// needs. So neither the DOM library nor @types/node is required.
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

/** A source, as the API sends it. A source that a client sends is returned unchanged. */
export interface MockSource {
  id: string;
  name: string;
  type: string;
  meta: Record<string, unknown>;
  parent: MockSource | null;
}

/** A citation of an answer. Its `marker` stands in the text, brackets included: `"[c1]"`. */
export interface MockCitation {
  marker: string | null;
  quote: string | null;
  date: string | null;
  author: string | null;
  url: string | null;
  source: MockSource | null;
}

/** A block of an answer. Its `content` is Markdown with citation markers. */
export interface MockBlock {
  type: string;
  content: string;
  citations: MockCitation[];
}

/** A step on the way to a response. */
export interface MockStatus {
  id: number;
  content: string;
  created_at: string;
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
  /** On a prompt: the `tool_settings` that it was sent with. */
  tool_settings: unknown;
  user_id: number;
  /** Absent in `initial_prompt`. */
  sources?: MockSource[] | null;
  created_at: string;
  updated_at: string;
  /** Only on a response. */
  blocks?: MockBlock[];
  /** Only on a response, and with `include_statuses`, which also lists them as messages of the type `status`. */
  statuses?: MockStatus[];
}

/** A session, as the API sends it. */
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
  /** Only in the response to a create with a prompt. */
  initial_prompt?: MockMessage;
}

/** One request that the mock received. */
export interface MockRequest {
  method: string;
  /** From `/chat-v1/` on; the whole path where the request is not below the base path. */
  path: string;
  query: Record<string, string>;
  /** The whole URL. */
  url: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** The text as it was sent; empty without a body. */
  body: string;
  /** The parsed body; `undefined` where it is not JSON. */
  json: any;
  /** The time of arrival in milliseconds, by the mock's clock. */
  at: number;
  /** `null` where the API has no such operation. */
  operation: MockOperation | null;
  sessionId: number | null;
}

/** A status that a prompt goes through, and how long it lasts: a time, or a number of polls. */
export interface MockStage {
  /** Any string: unknown statuses can be scripted too. */
  status: string;
  /** How long the stage lasts, by `Date.now()`. Not on the last stage. */
  ms?: number | null;
  /** The number of GETs of the session that show the stage, however long they take. Not on the last stage. */
  polls?: number | null;
  /** The content of its status message, which `include_statuses` shows. Not on the last stage. */
  message?: string | null;
  /** On the last stage, `false` ends the prompt as `active` without a response, as the API does when it is cancelled. */
  response?: boolean | null;
}

/** An answer: Markdown, or blocks, or the parts of a message. Absent parts have their usual values. */
export type MockAnswer =
  | string
  | ReadonlyArray<string | MockBlockInput>
  | {
      /** For payloads that hold the text in the message itself; default `""`. */
      content?: string;
      blocks?: ReadonlyArray<string | MockBlockInput>;
      /** Default: the sources of the citations. */
      sources?: ReadonlyArray<Partial<MockSource>>;
    };

/** A block whose absent parts have their usual values: the type `text`, no citations. */
export interface MockBlockInput {
  type?: string;
  content?: string;
  citations?: ReadonlyArray<
    Partial<Omit<MockCitation, "source">> & { source?: Partial<MockSource> | null }
  >;
  [field: string]: unknown;
}

/**
 * A failure. The first members select the requests that it is for, the others say how their responses go wrong.
 * At most one of `drop`, `stall`, `garble`, `redirect` and `echoKey`.
 */
export interface MockFault {
  /** Only these operations; default all requests. */
  operation?: MockOperation | readonly MockOperation[] | null;
  /** Only this session. */
  sessionId?: number | null;
  /** Only requests for which this returns true. */
  match?: ((request: MockRequest) => boolean) | null;
  /** Only the nth matching request, or several, counted from 1 since the fault was added. */
  nth?: number | readonly number[] | null;
  /** For how many requests; default 1 (with `nth`: all of those). `Infinity` never ends. */
  times?: number | null;

  /**
   * The connection is lost: before a response (`true`), or in the middle of its body (`"body"`).
   * `fetch` rejects with a `TypeError`, or the body does; on a port the socket is destroyed.
   */
  drop?: boolean | "headers" | "body" | null;
  /** Nothing more is sent: no response (`true`), or half a body (`"body"`). Ends with the signal only. */
  stall?: boolean | "headers" | "body" | null;
  /** A 200 with an HTML page (`true`), the real body cut in half, or an empty one. */
  garble?: boolean | "html" | "truncated" | "empty" | null;
  /** Redirects the client with 302, or `status`: to this address, or (`true`) to another origin. */
  redirect?: boolean | string | null;
  /** An error (403, or `status`) that holds the client's key in its body and in a header. */
  echoKey?: boolean | null;

  /** The status of the response, which then is an error with a plausible body. */
  status?: number | null;
  /** Headers added to the response, such as `{ "retry-after": "2" }`. */
  headers?: Record<string, string> | null;
  /** The body of the response: text as it is, bytes as they are, anything else as JSON. */
  body?: unknown;
  /** The response is late. Alone, it is otherwise the real one. */
  latencyMs?: number | null;
  /** The body takes this time to arrive. */
  bodyMs?: number | null;
  /** The request is carried out although its response is replaced or lost: the session of such a create exists. */
  processed?: boolean | null;
}

/** Decides for each request; returns nothing for one that goes well. */
export type MockFaultFunction = (
  request: MockRequest,
  context: {
    /** The request is the nth of its operation, from 1. */
    nth: number;
  },
) => MockFault | null | undefined | void;

/** Options of {@link createMockApi}. All are optional; `null` is the same as leaving an option out. */
export interface MockApiOptions {
  /**
   * The key that requests must carry as `X-API-Key`, or a function that returns whether a key is right. Others get the
   * gateway's 403 `{"message": "Forbidden"}`. Default: any key, or none.
   */
  apiKey?: string | ((key: string | null) => boolean) | null;
  /**
   * The path of the right `baseUrl`; a request to another is a 404, so that a test notices a wrong one.
   *
   * Default: `"/api"`, as in the API's own address; on plain `http:` the root too, so that the address of a mock on a port is
   * a `baseUrl`. {@link MockApi.handler}, which its host mounts, then takes any.
   */
  basePath?: string | null;
  /** The statuses that a prompt goes through; the first is in the response to the create. */
  stages?:
    readonly MockStage[] | ((prompt: string, session: MockSession) => readonly MockStage[]) | null;
  /**
   * Instead of `stages`: the status that the usual ones end in, such as `"generating_response_error"`. `"cancelled"` goes
   * through `cancelling_response` and ends `active` without a response.
   */
  outcome?: string | ((prompt: string, session: MockSession) => string) | null;
  /** Each of the usual stages lasts for this number of polls instead of a time: for tests without clocks. */
  polls?: number | null;
  /** The time that the usual stages take together; default 5 000. */
  delayMs?: number | null;
  /**
   * The answer, or a function that returns it. Default: one of three samples, chosen by the prompt: on a company's
   * quarter, on the economy, on two companies compared. They are invented, and say so.
   */
  answer?: MockAnswer | ((prompt: string, session: MockSession) => MockAnswer) | null;
  /** The response to a GET of a deleted session: a 404 (the default), or the session with the status `deleted`. */
  afterDelete?: "not-found" | "deleted" | null;
  /** The failures: a script, or a function that decides for each request. */
  faults?: MockFault | readonly MockFault[] | MockFaultFunction | null;
  /** The time that each response takes: a number, the ends of a range, or a function. Default 0. */
  latencyMs?: number | readonly [number, number] | ((request: MockRequest) => number) | null;
  /**
   * The time at the first request, from which the mock's clock goes on with `Date.now()`; or a function that is the clock.
   * Default: `Date.now()`.
   */
  now?: number | string | { getTime(): number } | (() => number) | null;
  /** The first session's id; default 2229. */
  firstId?: number | null;
  /** The first message's id; default 20712. */
  firstMessageId?: number | null;
  /** The `user_id` of all sessions and messages; default 9846. */
  userId?: number | null;
}

/** The API in memory. Its functions need no `this`: `const { fetch } = createMockApi()` works. */
export interface MockApi {
  /**
   * In the place of the global `fetch`: signals, `Request` objects and `redirect` included. As in Node, `redirect: "manual"`
   * resolves with the response itself, which is opaque in a page.
   */
  readonly fetch: WebFetch;
  /**
   * For routes of a server, service workers and Mock Service Worker: it takes any base path, unless the option `basePath`
   * names one. Never rejects: a lost connection is `Response.error()`, and so is the response to a client that has
   * disconnected.
   */
  readonly handler: (request: WebRequest) => Promise<WebResponse>;
  /** As `handler`, for a server that has no other routes: another base path is a 404. `serve` uses it. */
  readonly rootHandler: (request: WebRequest) => Promise<WebResponse>;
  /** The requests in the order of their arrival. Always the same array. */
  readonly requests: readonly MockRequest[];
  /** The sessions in their current state, with their messages, by id. Reading them is not a poll. */
  readonly sessions: MockSession[];
  /** Adds faults after those that are pending; returns a function that removes them. */
  fail(faults: MockFault | readonly MockFault[]): () => void;
  /** Restores the state after `createMockApi()`: its options hold, and all else is removed. */
  reset(): void;
}

/**
 * Creates an API in memory.
 *
 * @throws AieraChatError with the code `invalid_argument` where an option is unknown or wrong; the message names it.
 */
export function createMockApi(options?: MockApiOptions | null): MockApi;
