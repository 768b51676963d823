/**
 * `aiera-chat/proxy`: a proxy for web pages. It holds the API key on the server side, and forwards only requests of this
 * API's operations.
 *
 * @packageDocumentation
 */

/** The runtime's `Request` if the project has its types, else the members that the proxy needs. */
export type ProxyRequest = typeof globalThis extends { Request: { prototype: infer T } }
  ? T
  : {
      readonly url: string;
      readonly method: string;
      readonly headers: { get(name: string): string | null; has(name: string): boolean };
      readonly bodyUsed: boolean;
      text(): Promise<string>;
      json(): Promise<any>;
    };

/** The runtime's `Response` if the project has its types, else the members that the proxy needs. */
export type ProxyResponse = typeof globalThis extends { Response: { prototype: infer T } }
  ? T
  : {
      readonly status: number;
      readonly headers: { get(name: string): string | null; has(name: string): boolean };
      text(): Promise<string>;
      json(): Promise<any>;
    };

/** The runtime's `fetch` if the project has its types. */
export type ProxyFetch = typeof globalThis extends { fetch: infer T }
  ? T
  : (input: any, init?: any) => Promise<ProxyResponse>;

/** Options of {@link createProxyHandler}. `null` means absent. */
export interface ProxyOptions {
  /**
   * The API key, or a function that returns one or a promise of one, called for each request (for keys that change, or that
   * are not available when the module is loaded). It is sent to `baseUrl` only, and redacted in errors that echo it.
   */
  apiKey: string | (() => string | PromiseLike<string>);

  /**
   * The API's address: `https:`, or `http:` on loopback; without credentials, query and fragment.
   *
   * @defaultValue `"https://premium.aiera.com/api"`
   */
  baseUrl?: string | { readonly href: string; toString(): string } | null | undefined;

  /**
   * Decides which requests may pass. `true` allows a request; a `Response` is sent instead; any other value results in a
   * 403 that names this option. If it throws, the client receives a 500 without the reason. It may read the request's body,
   * up to `maxBodyBytes`.
   *
   * Without it, everyone who can open the page, and every program that can reach the proxy, can use the key.
   */
  authorize?:
    | ((
        request: ProxyRequest,
      ) => boolean | ProxyResponse | PromiseLike<boolean> | PromiseLike<boolean | ProxyResponse>)
    | null
    | undefined;

  /**
   * Other origins whose pages may use the proxy, exactly as browsers write them: `"https://app.example"`. They receive CORS
   * headers, including those for credentials. Pages of the proxy's own origin may always use it. They are recognized by
   * `Sec-Fetch-Site: same-origin`, or by the `Host` of the request if a browser does not send that header.
   *
   * @defaultValue `[]`
   */
  allowedOrigins?: readonly string[] | null | undefined;

  /**
   * The hosts, with their ports, under which the proxy may be reached: `["localhost:3000"]`. Set it for a proxy on a
   * developer's machine, to refuse pages whose host name resolves to that machine (DNS rebinding).
   *
   * @defaultValue any
   */
  allowedHosts?: readonly string[] | null | undefined;

  /** A replacement for the global `fetch`. It must obey `redirect: "manual"`. */
  fetch?: ProxyFetch | null | undefined;

  /**
   * The largest request body, in bytes; a larger one results in a 413.
   *
   * @defaultValue 1 MiB
   */
  maxBodyBytes?: number | null | undefined;

  /**
   * The time limit in milliseconds, or `Infinity`: for all steps before the request to the API (`authorize`, the key, the
   * client's body), then for the start of its response, and for each pause in the body.
   *
   * @defaultValue `30_000`
   */
  timeoutMs?: number | null | undefined;

  /** Called with the reason of each 5xx response that the proxy itself sends. The client does not receive the reason. */
  onError?: ((error: unknown) => void) | null | undefined;
}

/**
 * Always resolves. The proxy's own refusals (statuses below 500) are `{ "error": "…", "refused_by": "aiera-chat/proxy" }`,
 * its failures `{ "error": "…" }`; a response that `authorize` returned with 400 or more has the header
 * `x-refused-by: aiera-chat/proxy`.
 */
export type ProxyHandler = (request: ProxyRequest) => Promise<ProxyResponse>;

/**
 * A proxy as a function from a `Request` to a `Response`. It finds the operation by the part of the path from `/chat-v1/`
 * on, so it can be mounted at any path. Query parameters that repeat the path, such as those that Next.js adds for a
 * catch-all route, are ignored; other parameters that the operation does not have are refused.
 *
 * @example Next.js, `app/api/aiera/[...path]/route.ts`; the client's `baseUrl` is then `/api/aiera`
 * ```ts
 * import { createProxyHandler } from "aiera-chat/proxy";
 *
 * const handler = createProxyHandler({ apiKey: () => process.env.AIERA_API_KEY ?? "" });
 * export { handler as GET, handler as POST, handler as PATCH, handler as DELETE };
 * ```
 *
 * @example Cloudflare Workers
 * ```ts
 * export default {
 *   fetch: (request: Request, env: { AIERA_API_KEY: string }) =>
 *     createProxyHandler({ apiKey: env.AIERA_API_KEY })(request),
 * };
 * ```
 *
 * @example Hono
 * ```ts
 * app.all("/api/chat-v1/*", (c) => handler(c.req.raw));
 * ```
 *
 * @throws AieraChatError with the code `invalid_argument` if an option is unknown or wrong; the message names it.
 */
export declare function createProxyHandler(options: ProxyOptions): ProxyHandler;
