// @ts-check
// A `fetch` that records its requests and responses without changing them, and hides keys.

/**
 * One request and its response.
 *
 * @typedef {object} Exchange
 * @property {string} method
 * @property {string} url
 * @property {[string, string][]} headers
 * @property {string} body
 * @property {number} startedAt
 * @property {number} [tookMs] until the headers of the response
 * @property {{ status: number, headers: [string, string][], body?: string, error?: string }} [response]
 * @property {string} [error] the reason, if there is no response
 */

const SECRET = "x-api-key";

/**
 * @param {typeof fetch} send
 * @param {(exchange: Exchange) => void} onChange
 * @returns {typeof fetch}
 */
export function recording(send, onChange) {
  return async (input, init) => {
    const exchange = begin(input, init);
    onChange(exchange);
    try {
      const response = await send(input, init);
      exchange.tookMs = performance.now() - exchange.startedAt;
      exchange.response = { status: response.status, headers: [...response.headers] };
      onChange(exchange);
      readBody(response, exchange.response).then(() => onChange(exchange));
      return response;
    } catch (error) {
      exchange.error = messageOf(error);
      onChange(exchange);
      throw error;
    }
  };
}

/**
 * @param {RequestInfo | URL} input
 * @param {RequestInit} [init]
 * @returns {Exchange}
 */
function begin(input, init) {
  const headers = [...new Headers(init?.headers)];
  return {
    method: init?.method ?? "GET",
    url: input instanceof Request ? input.url : String(input),
    headers: headers.map(([name, value]) => [name, name === SECRET ? "(hidden)" : value]),
    body: typeof init?.body === "string" ? init.body : "",
    startedAt: performance.now(),
  };
}

/**
 * @param {Response} response
 * @param {NonNullable<Exchange["response"]>} record
 */
async function readBody(response, record) {
  try {
    record.body = await response.clone().text();
  } catch (error) {
    record.error = messageOf(error);
  }
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
