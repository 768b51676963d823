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

/** Options of {@link serve}. `null` means absent. */
export interface ServeOptions {
  /** Default 0: any free port. */
  port?: number | null | undefined;
  /** Default `127.0.0.1`. */
  host?: string | null | undefined;
  /** Lets pages of other origins use the API: `true` for all origins, or a string for one. Default: none. */
  cors?: boolean | string | null | undefined;
}

/** A running server. */
export interface MockServer {
  /** Its address, without a final slash, as a `baseUrl`. */
  readonly url: string;
  readonly port: number;
  /** Closes every connection, even if stalled; resolves when the port is free. */
  close(): Promise<void>;
}

/**
 * Serves a mock API, or any `(Request) => Promise<Response>`, by `node:http`.
 *
 * @throws AieraChatError with the code `invalid_argument` if an option is unknown or wrong. Rejects with Node's error if
 * the port is not available.
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
