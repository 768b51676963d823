/**
 * `aiera-chat/testing`: an in-memory mock of the Chat Sessions API, for tests, demos and offline work.
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
 * Fake timers drive the stages and delays, whether they are installed before or after the mock is created. They must not
 * replace `nextTick` and `queueMicrotask`, which the platform's `Response` needs. That is the default of Vitest and
 * `node:test`. Jest needs `jest.useFakeTimers({ doNotFake: ["nextTick", "queueMicrotask", "setImmediate"] })`, and Sinon
 * `useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] })`.
 *
 * @packageDocumentation
 */

// The platform's types if the project has them (DOM, @types/node, Deno, workers), else the members that this module needs.
// So neither the DOM library nor @types/node is required.
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

/** A citation of an answer. Its `marker` is in the text, including the brackets: `"[c1]"`. */
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
  /** From `/chat-v1/` on; the whole path if the request is outside of the base path. */
  path: string;
  query: Record<string, string>;
  /** The whole URL. */
  url: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** The text of the body; empty without a body. */
  body: string;
  /** The parsed body; `undefined` if it is not JSON. */
  json: any;
  /** The time of arrival in milliseconds, by the mock's clock. */
  at: number;
  /** `null` if the API has no such operation. */
  operation: MockOperation | null;
  sessionId: number | null;
}

/** A status that a prompt goes through, and its duration: a time, or a number of polls. */
export interface MockStage {
  /** Any string: unknown statuses can be scripted too. */
  status: string;
  /** The duration of the stage in milliseconds, by `Date.now()`. Not on the last stage. */
  ms?: number | null | undefined;
  /** The number of GETs of the session that return the stage, at any pace. Not on the last stage. */
  polls?: number | null | undefined;
  /** The content of its status message, which `include_statuses` shows. Not on the last stage. */
  message?: string | null | undefined;
  /** On the last stage, `false` ends the prompt as `active` without a response, as the API does when it is cancelled. */
  response?: boolean | null | undefined;
}

/** An answer: Markdown, or blocks, or the parts of a message. Absent parts have defaults. */
export type MockAnswer =
  | string
  | ReadonlyArray<string | MockBlockInput>
  | {
      /** For payloads that hold the text in the message itself; default `""`. */
      content?: string | undefined;
      blocks?: ReadonlyArray<string | MockBlockInput> | undefined;
      /** Default: the sources of the citations. */
      sources?: ReadonlyArray<Partial<MockSource>> | undefined;
    };

/** A block whose absent parts have defaults: the type `text`, no citations. */
export interface MockBlockInput {
  type?: string | undefined;
  content?: string | undefined;
  citations?:
    | ReadonlyArray<Partial<Omit<MockCitation, "source">> & { source?: Partial<MockSource> | null }>
    | undefined;
  [field: string]: unknown;
}

/**
 * A failure. The first members select requests, the others spoil their responses. At most one of `drop`, `stall`, `garble`,
 * `redirect` and `echoKey`.
 */
export interface MockFault {
  /** Only these operations; default all requests. */
  operation?: MockOperation | readonly MockOperation[] | null | undefined;
  /** Only this session. */
  sessionId?: number | null | undefined;
  /** Only requests for which this returns true. */
  match?: ((request: MockRequest) => boolean) | null | undefined;
  /** Only the nth matching request, or several; counted from 1 since the fault was added. */
  nth?: number | readonly number[] | null | undefined;
  /** The number of requests; default 1 (with `nth`: all of them). `Infinity` never ends. */
  times?: number | null | undefined;

  /**
   * The connection is lost: before a response (`true`), or in the middle of its body (`"body"`).
   * `fetch` rejects with a `TypeError`, or the body does; on a port the socket is destroyed.
   */
  drop?: boolean | "headers" | "body" | null | undefined;
  /** Nothing more is sent: no response (`true`), or half a body (`"body"`). Ends with the signal only. */
  stall?: boolean | "headers" | "body" | null | undefined;
  /** A 200 with an HTML page (`true`), the real body cut in half, or an empty one. */
  garble?: boolean | "html" | "truncated" | "empty" | null | undefined;
  /** Redirects the client with 302, or `status`: to this address, or (`true`) to another origin. */
  redirect?: boolean | string | null | undefined;
  /** An error (403, or `status`) that holds the client's key in its body and in a header. */
  echoKey?: boolean | null | undefined;

  /** The status of the response, with a typical error body. */
  status?: number | null | undefined;
  /** Headers added to the response, such as `{ "retry-after": "2" }`. */
  headers?: Record<string, string> | null | undefined;
  /** The body of the response: text and bytes unchanged, any other value as JSON. */
  body?: unknown;
  /** Delays the response, which is otherwise real unless the fault has other members. */
  latencyMs?: number | null | undefined;
  /** The duration of the body's transfer, in milliseconds. */
  bodyMs?: number | null | undefined;
  /** The request is carried out although its response is replaced or lost: the session of such a create exists. */
  processed?: boolean | null | undefined;
}

/** Decides for each request; returns nothing for a request without a fault. */
export type MockFaultFunction = (
  request: MockRequest,
  context: {
    /** The number of the request within its operation, from 1. */
    nth: number;
  },
) => MockFault | null | undefined | void;

/** Options of {@link createMockApi}. All are optional; `null` means absent. */
export interface MockApiOptions {
  /**
   * The key that requests must carry as `X-API-Key`, or a function that returns whether a key is right. Others receive the
   * gateway's 403 `{"message": "Forbidden"}`. Default: any key, or none.
   */
  apiKey?: string | ((key: string | null) => boolean) | null | undefined;
  /**
   * The path of the right `baseUrl`; a request to another is a 404, so that a test notices a wrong one.
   *
   * Default: `"/api"`, as in the API's address; on plain `http:` also the root, so that the address of a mock on a port is
   * a `baseUrl`. By default, {@link MockApi.handler} accepts any path, since a router mounts it.
   */
  basePath?: string | null | undefined;
  /** The statuses that a prompt goes through; the first is in the response to the create. */
  stages?:
    | readonly MockStage[]
    | ((prompt: string, session: MockSession) => readonly MockStage[])
    | null
    | undefined;
  /**
   * Instead of `stages`: the final status after the usual ones, such as `"generating_response_error"`. `"cancelled"` goes
   * through `cancelling_response` and ends `active` without a response.
   */
  outcome?: string | ((prompt: string, session: MockSession) => string) | null | undefined;
  /** The number of polls for which each of the usual stages lasts, instead of a time: for tests without clocks. */
  polls?: number | null | undefined;
  /** The total duration of the usual stages; default 5 000. */
  delayMs?: number | null | undefined;
  /**
   * The answer, or a function that returns it. Default: one of three samples, chosen by the prompt: on a company's quarter,
   * on the economy, on two companies compared. They are invented, as their text says.
   */
  answer?: MockAnswer | ((prompt: string, session: MockSession) => MockAnswer) | null | undefined;
  /** The response to a GET of a deleted session: a 404 (the default), or the session with the status `deleted`. */
  afterDelete?: "not-found" | "deleted" | null | undefined;
  /** The failures: a script, or a function that decides for each request. */
  faults?: MockFault | readonly MockFault[] | MockFaultFunction | null | undefined;
  /** The delay of each response: a number, the bounds of a range, or a function. Default 0. */
  latencyMs?:
    number | readonly [number, number] | ((request: MockRequest) => number) | null | undefined;
  /**
   * The time at the first request, after which the mock's clock follows `Date.now()`; or a function that is the clock.
   * Default: `Date.now()`.
   */
  now?: number | string | { getTime(): number } | (() => number) | null | undefined;
  /** The first session's id; default 2229. */
  firstId?: number | null | undefined;
  /** The first message's id; default 20712. */
  firstMessageId?: number | null | undefined;
  /** The `user_id` of all sessions and messages; default 9846. */
  userId?: number | null | undefined;
}

/** An in-memory mock of the API. Its functions need no `this`: `const { fetch } = createMockApi()` works. */
export interface MockApi {
  /**
   * Replaces the global `fetch`, including signals, `Request` objects and `redirect`. As in Node, `redirect: "manual"`
   * resolves with the response itself, which is opaque in a page.
   */
  readonly fetch: WebFetch;
  /**
   * For routes of a server, service workers and Mock Service Worker: it accepts any base path, unless the option `basePath`
   * names one. Never rejects: a lost connection is `Response.error()`, and so is the response to a disconnected client.
   */
  readonly handler: (request: WebRequest) => Promise<WebResponse>;
  /** As `handler`, for a server that has no other routes: another base path is a 404. `serve` uses it. */
  readonly rootHandler: (request: WebRequest) => Promise<WebResponse>;
  /** The requests in the order of their arrival. Always the same array. */
  readonly requests: readonly MockRequest[];
  /** The sessions by id, in their current state, with their messages. Reading them is not a poll. */
  readonly sessions: MockSession[];
  /** Adds faults after the pending ones; returns a function that removes them. */
  fail(faults: MockFault | readonly MockFault[]): () => void;
  /** Restores the state after `createMockApi()`: keeps its options, and removes all else. */
  reset(): void;
}

/**
 * Creates an in-memory mock of the API.
 *
 * @throws AieraChatError with the code `invalid_argument` if an option is unknown or wrong; the message names it.
 */
export function createMockApi(options?: MockApiOptions | null): MockApi;
