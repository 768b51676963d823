// @ts-check
// `aiera-chat/proxy/node`: the proxy as a listener for node:http, node:http2 and Express. The mock shares the adapter.
import { nodeListener } from "../shared/node-http.js";
import { API_ROOT } from "../shared/operations.js";
import { describe, invalid } from "../shared/options.js";
import { refusalResponse } from "./refusal.js";

/**
 * @param {(request: any) => any} handler
 * @returns {(req: any, res: any, next?: (error?: unknown) => void) => void}
 */
export function toNodeListener(handler) {
  if (typeof handler !== "function") {
    throw invalid(`toNodeListener: handler must be a function, not ${describe(handler)}.`);
  }
  return nodeListener(handler, {
    handles: (path) => path.includes(API_ROOT),
    refuse: refusalResponse,
  });
}
