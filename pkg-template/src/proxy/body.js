// @ts-check
// Bodies, in each direction. A request's body is small: it is counted on arrival, and read completely before the request is
// sent. A response's body is streamed byte for byte; an error's is read up to a limit, so that the key can be redacted.
import { redact } from "../redact.js";
import { Refusal } from "./refusal.js";

/** The limit of an error's body. */
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
 * Refuses a body by the declared length. A missing or wrong length is found later, when the bytes are counted.
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
 * Reads at most `limit` bytes; `whole` says whether the body ends there. The rest is cancelled.
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
 * The body of the API's error without the key. If it breaks off or stalls, returns the part that arrived, since the client
 * acts on the status.
 *
 * @param {ReadableStream<Uint8Array> | null} stream
 * @param {string} key
 * @param {Exchange} exchange
 * @returns {Promise<Uint8Array<ArrayBuffer> | null>}
 */
export async function readErrorBody(stream, key, exchange) {
  if (!stream) return null;
  /** @type {Uint8Array[]} */
  const arrived = [];
  let bytes;
  try {
    const onChunk = (/** @type {Uint8Array} */ chunk) => void arrived.push(chunk);
    ({ bytes } = await readUpTo(stream, MAX_ERROR_BYTES, exchange, onChunk));
  } catch (error) {
    if (exchange.ended() === "disconnected") throw error;
    const size = arrived.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    bytes = join(arrived, Math.min(size, MAX_ERROR_BYTES));
  }
  return redactBytes(bytes, key);
}

/**
 * The bytes, UTF-8 or Latin-1, without the key; the same bytes if they do not hold it. An ASCII key is the same in both.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} key
 * @returns {Uint8Array<ArrayBuffer>}
 */
function redactBytes(bytes, key) {
  const text = new TextDecoder().decode(bytes);
  const clean = redact(text, key);
  if (clean !== text) return new TextEncoder().encode(clean);
  if (/^[\0-\x7f]*$/.test(key)) return bytes;
  // `TextDecoder` reads "latin1" as windows-1252, which has other characters from 0x80 to 0x9f.
  const latin1 = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  const cleanLatin1 = redact(latin1, key);
  if (cleanLatin1 === latin1) return bytes;
  return Uint8Array.from(cleanLatin1, (character) => character.charCodeAt(0));
}

/**
 * The response's body, pulled only as the client reads it.
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
          // An error, since half a response must not look complete.
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
