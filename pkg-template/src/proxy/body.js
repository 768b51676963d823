// @ts-check
// Bodies of the API's responses. They are streamed byte for byte; an error's is read up to a limit, so that the key can be
// redacted.
import { redact } from "../redact.js";
import { Bytes } from "./bytes.js";

/** The limit of an error's body. */
const MAX_ERROR_BYTES = 64 * 1024;

/** @typedef {import("./exchange.js").Exchange} Exchange */

/**
 * The API's error as it is passed on: without the key, in its headers too. Of a body that breaks off or stalls, the part that
 * arrived is passed on: the client acts on the status.
 *
 * @param {Response} upstream
 * @param {Headers} headers  those for the client
 * @param {string} key
 * @param {Exchange} exchange
 */
export async function errorResponse({ status, body }, headers, key, exchange) {
  const bytes = body && (await readErrorBody(body, exchange));
  const type = headers.get("content-type") ?? "";
  const charset = charsetOf(type);
  if (!bytes || !charset) return new Response(null, { status, headers });
  if (charset === "utf-8") return new Response(redactBytes(bytes, key), { status, headers });
  // As UTF-8, in which the key is searched for and clients read JSON.
  headers.set("content-type", type.replace(CHARSET, "charset=utf-8"));
  return new Response(redact(new TextDecoder(charset).decode(bytes), key), { status, headers });
}

const CHARSET = /charset\s*=\s*["']?([^\s"';,]*)["']?/gi;

/**
 * The platform's name for the charset of a body; undefined if the body cannot be decoded, and may thus hold the key.
 *
 * @param {string} type
 */
function charsetOf(type) {
  const labels = [...type.matchAll(CHARSET)].map(([, label]) => label);
  try {
    const names = new Set(labels.map((label) => new TextDecoder(label).encoding));
    const [name = "utf-8", ...others] = names;
    return others.length > 0 ? undefined : name;
  } catch {
    return undefined;
  }
}

/**
 * @param {ReadableStream<Uint8Array>} stream
 * @param {Exchange} exchange
 */
async function readErrorBody(stream, exchange) {
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
  return bytes.upTo(MAX_ERROR_BYTES);
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
