// @ts-check
// Bodies, each way. A request's is small and read whole, counted as it arrives, before anything is sent; an answer's
// passes as it comes, byte for byte; an error's is read up to a limit, so that the key can be taken out of it.

import { Refusal } from "./answer.js";
import { redact } from "../redact.js";

/** What is read of an error's body. */
const MAX_ERROR_BYTES = 64 * 1024;

/** @typedef {import("./exchange.js").Exchange} Exchange */

/**
 * @param {Request} request
 * @param {number} limit
 * @param {Exchange} exchange
 * @returns {Promise<Uint8Array<ArrayBuffer> | null>} null for none
 */
export async function readRequestBody(request, limit, exchange) {
  if (request.bodyUsed)
    throw new Refusal(500, "the request body was read before it reached the proxy");
  if (!request.body) return null;
  const { bytes, whole } = await readUpTo(request.body, limit, exchange);
  if (!whole) throw tooLarge(limit);
  return bytes.length > 0 ? bytes : null;
}

/**
 * Before anyone is asked anything. What is not declared is counted later, and so is what is declared falsely.
 *
 * @param {Request} request
 * @param {number} limit
 */
export function refuseDeclaredSize(request, limit) {
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge(limit);
}

/** @param {number} limit */
function tooLarge(limit) {
  return new Refusal(413, `the request body is larger than ${limit} bytes`);
}

/**
 * Reads at most `limit` bytes; `whole` says whether that was all. What is left is cancelled.
 *
 * @param {ReadableStream<Uint8Array>} stream
 * @param {number} limit
 * @param {Exchange} exchange
 * @param {(chunk: Uint8Array) => void} [onChunk]
 */
async function readUpTo(stream, limit, exchange, onChunk) {
  const reader = stream.getReader();
  /** @type {Uint8Array[]} */
  const chunks = [];
  let size = 0;
  let whole = false;
  try {
    while (size <= limit) {
      const { done, value } = await exchange.race(reader.read());
      if (done) {
        whole = true;
        break;
      }
      size += value.byteLength;
      chunks.push(value);
      onChunk?.(value);
    }
  } finally {
    if (!whole) reader.cancel().catch(() => {});
  }
  return { bytes: join(chunks, Math.min(size, limit)), whole };
}

/** @param {Uint8Array[]} chunks @param {number} size */
function join(chunks, size) {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk.subarray(0, size - at), at);
    at += Math.min(chunk.byteLength, size - at);
  }
  return bytes;
}

/**
 * The body of an upstream error without the key. One that breaks off or stalls is passed on as far as it came: the
 * status is what the client acts on.
 *
 * @param {ReadableStream<Uint8Array> | null} stream
 * @param {string} key
 * @param {Exchange} exchange
 * @returns {Promise<Uint8Array<ArrayBuffer> | null>}
 */
export async function readErrorBody(stream, key, exchange) {
  if (!stream) return null;
  /** @type {Uint8Array[]} */
  const seen = [];
  let bytes;
  try {
    ({ bytes } = await readUpTo(stream, MAX_ERROR_BYTES, exchange, (chunk) => seen.push(chunk)));
  } catch (error) {
    if (exchange.ended() === "gone") throw error;
    const size = seen.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    bytes = join(seen, Math.min(size, MAX_ERROR_BYTES));
  }
  const text = new TextDecoder().decode(bytes);
  const clean = redact(text, key);
  return clean === text ? bytes : new TextEncoder().encode(clean);
}

/**
 * The answer's body, pulled as the client reads: no faster, and no longer.
 *
 * @param {ReadableStream<Uint8Array>} stream
 * @param {Exchange} exchange
 * @returns {ReadableStream<Uint8Array>}
 */
export function passThrough(stream, exchange) {
  const reader = stream.getReader();
  exchange.pause();
  return new ReadableStream(
    {
      async pull(controller) {
        exchange.restart();
        try {
          const { done, value } = await exchange.race(reader.read());
          exchange.pause();
          if (!done) return controller.enqueue(value);
          exchange.close();
          controller.close();
        } catch (error) {
          // Never a clean end: half an answer must not look like a whole one.
          exchange.close();
          reader.cancel().catch(() => {});
          controller.error(error);
        }
      },
      cancel(reason) {
        exchange.cancel();
        reader.cancel(reason).catch(() => {});
      },
    },
    { highWaterMark: 0 },
  );
}
