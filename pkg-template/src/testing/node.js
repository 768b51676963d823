// @ts-check
// `aiera-chat/testing/node`: the mock, or any handler, on a port. A lost connection is a destroyed socket, a stall an open
// one. The proxy shares the HTTP adapter.
import { corsHeaders, preflightHeaders } from "../shared/cors.js";
import { withHeaders } from "../shared/http.js";
import { listen } from "../shared/node-http.js";
import { METHODS } from "../shared/operations.js";
import { describe, either, flag, integer, invalid, readOptions, text } from "../shared/options.js";

/** @typedef {(request: Request) => Promise<Response> | Response} Handler */

const OPTIONS = { port: integer(0, 65535), host: text, cors: either(flag, text) };

/** @type {typeof import("../../testing-node.js").serve} */
export async function serve(api, options) {
  const { cors, ...address } = readOptions("serve: options", options, OPTIONS);
  const mock = /** @type {any} */ (api);
  const handler = typeof api === "function" ? api : (mock?.rootHandler ?? mock?.handler);
  if (typeof handler !== "function") {
    throw invalid(`serve: api must be a mock API or a handler, not ${describe(api)}.`);
  }
  return listen(cors ? withCors(handler, cors) : handler, address);
}

/**
 * The handler for pages of other origins.
 *
 * @param {Handler} handler
 * @param {true | string} cors all origins, or one
 * @returns {Handler}
 */
function withCors(handler, cors) {
  return async (request) => {
    // The page's origin rather than `*`, which does not allow credentials.
    const origin = cors === true ? (request.headers.get("origin") ?? "*") : cors;
    const headers = { ...corsHeaders(origin), vary: "origin" };
    if (request.method === "OPTIONS") {
      const preflight = { status: 204, headers: preflightHeaders(request.headers, METHODS) };
      return withHeaders(new Response(null, preflight), headers);
    }
    const response = await handler(request);
    return response.type === "error" ? response : withHeaders(response, headers);
  };
}
