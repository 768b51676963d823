// @ts-check
// Bodies of the API's responses. They pass as they come, byte for byte; an error's is read up to a limit, so that the key can
// be redacted in it.
import { redact } from "../redact.js";
import { Bytes } from "./bytes.js";

/** The limit of an error's body. */
const MAX_ERROR_BYTES = 64 * 1024;

/** @typedef {import("./exchange.js").Exchange} Exchange */

/**
 * The body of the API's error without the key. Of one that breaks off or stalls, the part that arrived is passed on: the
 * client acts on the status.
 *
 * @param {ReadableStream<Uint8Array> | null} stream
 * @param {string} key
 * @param {Exchange} exchange
 * @returns {Promise<Uint8Array<ArrayBuffer> | null>}
 */
export async function readErrorBody(stream, key, exchange) {
  if (!stream) return null;
  const reader = stream.getReader();
  const bytes = new Bytes();
  let whole = false;
  try {
    while (!whole && bytes.size <= MAX_ERROR_BYTES) {
      const { value } = await exchange.race(reader.read());
      if (value) bytes.add(value);
      else whole = true;
    }
  } catch (error) {
    if (exchange.ended() === "disconnected") throw error;
  } finally {
    if (!whole) reader.cancel().catch(() => {});
  }
  return redactBytes(bytes.upTo(MAX_ERROR_BYTES), key);
}

/**
 * The bytes without the key, whether they are UTF-8 or Latin-1; the same bytes where it is not among them. A key of ASCII
 * is the same in both.
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
 * The response's body, pulled as the client reads it: no faster, and no longer.
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
          // Never a clean end: half a response must not look like a whole one.
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
