/**
 * `aiera-chat/proxy/node`: the proxy in a plain `node:http` server, and in Express.
 *
 * @packageDocumentation
 */

/** The members of `http.IncomingMessage` (and of Express's request) that the declaration needs. */
export interface NodeRequestLike {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly rawHeaders: string[];
}

/** The members of `http.ServerResponse` that the declaration needs. */
export interface NodeResponseLike {
  statusCode: number;
  readonly headersSent: boolean;
  flushHeaders?(): void;
}

/**
 * Turns a handler into a listener for `node:http`.
 *
 * With a `next` (Express), requests whose path has no `/chat-v1/` are passed to it, and so is an error of the handler. A
 * body that `express.json()` has parsed is serialized.
 *
 * @example node:http
 * ```ts
 * import { createServer } from "node:http";
 * import { createProxyHandler } from "aiera-chat/proxy";
 * import { toNodeListener } from "aiera-chat/proxy/node";
 *
 * createServer(toNodeListener(createProxyHandler({ apiKey }))).listen(3000);
 * ```
 *
 * @example Express
 * ```ts
 * app.use("/api", toNodeListener(createProxyHandler({ apiKey })));
 * ```
 */
export declare function toNodeListener(
  handler: (request: any) => any,
): (req: NodeRequestLike, res: NodeResponseLike, next?: (error?: any) => void) => void;
