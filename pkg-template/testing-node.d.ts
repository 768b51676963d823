/**
 * `aiera-chat/testing/node`: the mock API on a port, for tests that need real sockets.
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

/** Options of {@link serve}. `null` is the same as leaving an option out. */
export interface ServeOptions {
  /** Default 0: any free port. */
  port?: number | null;
  /** Default `127.0.0.1`. */
  host?: string | null;
  /** Lets pages of other origins use the API: `true` all of them, a string that one. Default: none. */
  cors?: boolean | string | null;
}

/** A running server. */
export interface MockServer {
  /** Its address, without a final slash, as a `baseUrl`. */
  readonly url: string;
  readonly port: number;
  /** Ends every connection, stalled ones too; resolves when the port is free. */
  close(): Promise<void>;
}

/**
 * Serves a mock API, or any `(Request) => Promise<Response>`, by `node:http`.
 *
 * @throws AieraChatError with the code `invalid_argument` where an option is unknown or wrong. A port that cannot be listened
 * on rejects with Node's own error.
 */
export function serve(
  api:
    | {
        handler(request: WebRequest): Promise<WebResponse>;
        rootHandler?(request: WebRequest): Promise<WebResponse>;
      }
    | ((request: WebRequest) => Promise<WebResponse> | WebResponse),
  options?: ServeOptions | null,
): Promise<MockServer>;
