// @ts-check
// A `fetch` that remembers what went over the wire. It changes nothing, and never holds a key.

/**
 * @typedef {object} Exchange
 * @property {number} number
 * @property {string} method
 * @property {string} url
 * @property {[string, string][]} headers
 * @property {string} body
 * @property {number} startedAt
 * @property {number} [tookMs] until the head of the answer
 * @property {{ status: number, headers: [string, string][], body?: string, lost?: string }} [response]
 * @property {string} [lost] why there was no answer
 */

const SECRET = "x-api-key";

/**
 * @param {typeof fetch} send
 * @param {(exchange: Exchange) => void} onChange
 * @returns {typeof fetch}
 */
export function recording(send, onChange) {
  let count = 0;
  return async (input, init) => {
    const exchange = begin(++count, input, init);
    onChange(exchange);
    try {
      const response = await send(input, init);
      exchange.tookMs = performance.now() - exchange.startedAt;
      exchange.response = { status: response.status, headers: [...response.headers] };
      onChange(exchange);
      readBody(response, exchange.response).then(() => onChange(exchange));
      return response;
    } catch (error) {
      exchange.lost = inWords(error);
      onChange(exchange);
      throw error;
    }
  };
}

/**
 * @param {number} number
 * @param {RequestInfo | URL} input
 * @param {RequestInit} [init]
 * @returns {Exchange}
 */
function begin(number, input, init) {
  const url = input instanceof Request ? input.url : String(input);
  const headers = [...new Headers(init?.headers)];
  return {
    number,
    method: init?.method ?? "GET",
    url,
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
    record.lost = inWords(error);
  }
}

/** @param {unknown} error */
function inWords(error) {
  return error instanceof Error ? error.message : String(error);
}
