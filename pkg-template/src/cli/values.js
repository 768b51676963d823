// @ts-check
// Readers of flag values. Each takes the flag's name and text, and throws a usage error that names the flag.

import { nearest } from "../shared/options.js";
import { usageError } from "./command-error.js";

/** @type {Readonly<Record<string, number>>} */
const UNITS_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/;

/**
 * `90s`, `1.5h` or `1h30m`, in milliseconds. A bare number is refused, since its unit is ambiguous.
 * @param {string} flag
 * @param {string} text
 */
export function readTimeout(flag, text) {
  const ms = durationMs(text);
  if (ms === undefined) {
    const bare = /^\d+(\.\d+)?$/.test(text);
    throw usageError(
      `--${flag}: expected a time with a unit, such as 90s or 10m`,
      bare ? [`Did you mean --${flag} ${text}s?`] : [],
    );
  }
  if (ms < 1) throw usageError(`--${flag}: expected at least 1ms`);
  return ms;
}

/**
 * A duration, or a number of milliseconds.
 * @param {string} flag
 * @param {string} text
 */
export function readDelay(flag, text) {
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) : durationMs(text);
  if (ms === undefined) throw usageError(`--${flag}: expected a time, such as 500ms or 2s`);
  return ms;
}

/** @param {string} text */
function durationMs(text) {
  if (!DURATION.test(text)) return undefined;
  let ms = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    ms += Number(number) * UNITS_MS[unit];
  }
  return Number.isFinite(ms) ? ms : undefined;
}

/**
 * An id: an integer from 1 to 2**53-1.
 * @param {string} name
 * @param {string} text
 */
export function readId(name, text) {
  const id = Number(text);
  if (!/^[1-9]\d*$/.test(text) || !Number.isSafeInteger(id)) {
    throw usageError(`${name}: expected an id, such as 2229`);
  }
  return id;
}

/** @param {string} flag @param {string} text */
export function readPort(flag, text) {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw usageError(`--${flag}: expected a port from 0 to 65535`);
  }
  return port;
}

/**
 * @param {string} flag
 * @param {string} text
 * @param {number} least
 */
export function readCount(flag, text, least) {
  const count = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count) || count < least) {
    throw usageError(`--${flag}: expected an integer from ${least}`);
  }
  return count;
}

/**
 * @param {string} flag
 * @param {string} text
 * @param {readonly string[]} choices
 */
export function readChoice(flag, text, choices) {
  if (choices.includes(text)) return text;
  const near = nearest(text, choices);
  throw usageError(
    `--${flag}: expected ${choices.join(", ")}`,
    near ? [`Did you mean --${flag} ${near}?`] : [],
  );
}

/**
 * `TYPE:ID`. Any type is accepted, since the API may add types.
 * @param {string} text
 */
export function readSource(text) {
  const colon = text.indexOf(":");
  const type = text.slice(0, Math.max(colon, 0)).trim();
  const id = text.slice(colon + 1).trim();
  if (!type || !id) {
    throw usageError("--source: expected TYPE:ID, such as company:1234 or transcript:567");
  }
  return { type, id };
}

/**
 * Decodes a file or stdin: UTF-8, or UTF-16 with a byte order mark, which PowerShell writes.
 * @param {Uint8Array} bytes
 */
export function decodeText(bytes) {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe
      ? "utf-16le"
      : first === 0xfe && second === 0xff
        ? "utf-16be"
        : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}
