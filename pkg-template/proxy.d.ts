/**
 * `aiera-chat/proxy`: a proxy for web pages. It holds the API key on the server side, and lets through this API's
 * operations and nothing else.
 *
 * @packageDocumentation
 */

/** The runtime's own `Request`, where its types are known; else as much of it as the proxy needs. */
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

/** The runtime's own `Response`, where its types are known; else as much of it as the proxy needs. */
export type ProxyResponse = typeof globalThis extends { Response: { prototype: infer T } }
  ? T
  : {
      readonly status: number;
      readonly headers: { get(name: string): string | null; has(name: string): boolean };
      text(): Promise<string>;
      json(): Promise<any>;
    };

/** The runtime's own `fetch`, where its types are known. */
export type ProxyFetch = typeof globalThis extends { fetch: infer T }
  ? T
  : (input: any, init?: any) => Promise<ProxyResponse>;

/** What {@link createProxyHandler} takes. `null` is the same as leaving an option out. */
export interface ProxyOptions {
  /**
   * The API key, or a function that is asked for it on each request (for keys that change, or that are not known yet
   * when the module is loaded). It is sent to `baseUrl` only, and taken out of errors that echo it.
   */
  apiKey: string | (() => string | PromiseLike<string>);

  /**
   * Where the API is: `https:`, or `http:` on loopback; without credentials, query and fragment.
   *
   * @defaultValue `"https://premium.aiera.com/api"`
   */
  baseUrl?: string | { readonly href: string; toString(): string } | null;

  /**
   * Decides who may ask. `true` lets the request through; a `Response` is the answer; anything else is a 403. If it throws,
   * the answer is a 500 that says nothing about why. It may read the request's body.
   *
   * Without it, everyone who can open the page, and every program that can reach the proxy, spends the key.
   */
  authorize?:
    | ((
        request: ProxyRequest,
      ) => boolean | ProxyResponse | PromiseLike<boolean> | PromiseLike<boolean | ProxyResponse>)
    | null;

  /**
   * Other origins whose pages may ask, exactly as browsers write them: `"https://app.example"`. They get CORS answers,
   * credentials included. The proxy's own origin (by the `Host` of the request) may always ask.
   *
   * @defaultValue `[]`
   */
  allowedOrigins?: readonly string[] | null;

  /**
   * The hosts, with their ports, under which the proxy answers: `["localhost:3000"]`. Worth setting for a proxy on a
   * developer's machine: it keeps out pages that make their own name point there (DNS rebinding).
   *
   * @defaultValue any
   */
  allowedHosts?: readonly string[] | null;

  /** A replacement for the global `fetch`. It must obey `redirect: "manual"`. */
  fetch?: ProxyFetch | null;

  /**
   * The largest request body, in bytes; a larger one is a 413.
   *
   * @defaultValue 1 MiB
   */
  maxBodyBytes?: number | null;

  /**
   * How long the upstream may take to begin its answer, and between two pieces of it; and how long everything before that
   * may take (`authorize`, the key, the client's body). Milliseconds, or `Infinity`.
   *
   * @defaultValue `30_000`
   */
  timeoutMs?: number | null;

  /** Told what is behind an answer of 500 or more that the proxy itself gave: what the client is not told. */
  onError?: ((error: unknown) => void) | null;
}

/** Always resolves: whatever goes wrong is an answer, `{ "error": "…" }`. */
export type ProxyHandler = (request: ProxyRequest) => Promise<ProxyResponse>;

/**
 * A proxy as a function from a `Request` to a `Response`. It finds the operation by the part of the path from `/chat-v1/`
 * on, so it can be mounted anywhere.
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
 * @throws TypeError for a wrong or unknown option; it names the option.
 */
export declare function createProxyHandler(options: ProxyOptions): ProxyHandler;
