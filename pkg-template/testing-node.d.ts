/**
 * `aiera-chat/testing/node`: the mock API on a real port, for tests that need real sockets.
 *
 * @example
 * ```ts
 * const server = await serve(createMockApi(), { port: 0 });
 * const chat = new AieraChat({ baseUrl: server.url });
 * // ...
 * await server.close();
 * ```
 *
 * @packageDocumentation
 */
import type { WebRequest, WebResponse } from "./testing.js";

/** Options of {@link serve}. */
export interface ServeOptions {
  /** Default 0: any free port. */
  port?: number;
  /** Default `127.0.0.1`. */
  host?: string;
  /** Lets pages of other origins in: `true` for all, or the one origin. Default: none. */
  cors?: boolean | string;
}

/** A running server. */
export interface MockServer {
  /** Where it listens, without a final slash: a `baseUrl`. */
  readonly url: string;
  readonly port: number;
  /** Ends every connection, stalled ones too, and resolves when the port is free. */
  close(): Promise<void>;
}

/** Serves a mock API, or any `(Request) => Promise<Response>`, by `node:http`. */
export function serve(
  api:
    | { handler(request: WebRequest): Promise<WebResponse> }
    | ((request: WebRequest) => Promise<WebResponse> | WebResponse),
  options?: ServeOptions,
): Promise<MockServer>;
