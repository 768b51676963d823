// @ts-check
// The base URL and the key, from flags, files and the environment. Each has its source, for hints.

import { readFile } from "node:fs/promises";

import { DEFAULT_BASE_URL, headerKey } from "../shared/http.js";
import { CommandError, usageError } from "./command-error.js";
import { decodeText } from "./values.js";

/**
 * @typedef {object} Settings
 * @property {string} baseUrl
 * @property {"--base-url" | "AIERA_BASE_URL" | "default"} baseUrlFrom
 * @property {string | undefined} key
 * @property {string} keyFrom
 */

const NO_KEY = [
  "Set the environment variable AIERA_API_KEY, or give --key-file FILE.",
  "To try it without a key: run aiera-chat mock, and give the URL that it prints as --base-url.",
];

/**
 * @param {Record<string, any>} flags
 * @param {(key: string) => void} keepSecret called with the key before any output can show it
 * @returns {Promise<Settings>}
 */
export async function readSettings(flags, keepSecret) {
  const { baseUrl, baseUrlFrom } = readBaseUrl(flags["base-url"]);
  const { key, keyFrom } = await readKey(flags["key-file"]);
  if (key !== undefined) keepSecret(key);
  if (key !== undefined && headerKey(key) === undefined) {
    const reason = "it holds a character that no HTTP header can carry";
    throw new CommandError(
      "key_unavailable",
      `cannot read the API key from ${keyFrom}: ${reason}`,
      ["Copy the key again: an editor may have changed a hyphen or a quotation mark in it."],
    );
  }
  if (key === undefined && isDefaultHost(baseUrl)) {
    throw new CommandError("key_unavailable", "no API key", NO_KEY);
  }
  return { baseUrl, baseUrlFrom, key, keyFrom };
}

/**
 * @param {string | undefined} flag
 * @returns {Pick<Settings, "baseUrl" | "baseUrlFrom">}
 */
function readBaseUrl(flag) {
  const variable = process.env.AIERA_BASE_URL?.trim();
  const text = flag ?? (variable || undefined);
  if (text === undefined) return { baseUrl: DEFAULT_BASE_URL, baseUrlFrom: "default" };
  const baseUrlFrom = flag === undefined ? "AIERA_BASE_URL" : "--base-url";
  let url;
  try {
    url = new URL(text);
  } catch {
    throw usageError(`${baseUrlFrom}: expected a URL, such as ${DEFAULT_BASE_URL}`);
  }
  if (url.username || url.password) {
    throw usageError(`${baseUrlFrom}: a URL without a user name and password is needed`);
  }
  return { baseUrl: text, baseUrlFrom };
}

/** @param {string} baseUrl */
function isDefaultHost(baseUrl) {
  return new URL(baseUrl).hostname === new URL(DEFAULT_BASE_URL).hostname;
}

/**
 * @param {string | undefined} file
 * @returns {Promise<{ key: string | undefined, keyFrom: string }>}
 */
async function readKey(file) {
  if (file === undefined) {
    const key = process.env.AIERA_API_KEY?.trim();
    return { key: key || undefined, keyFrom: "AIERA_API_KEY" };
  }
  const keyFrom = file === "-" ? "stdin" : `the file ${file}`;
  let bytes;
  try {
    bytes = file === "-" ? await readStdin() : await readFile(file);
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    // Does not show the name, which may be the key itself by mistake.
    const from = file === "-" ? keyFrom : "the file of --key-file";
    throw new CommandError("key_unavailable", `cannot read ${from}: ${code}`);
  }
  const key = decodeText(bytes).trim();
  if (!key) throw new CommandError("key_unavailable", `${keyFrom} holds no API key`);
  if (/\s/.test(key)) {
    throw new CommandError(
      "key_unavailable",
      `${keyFrom} holds more than a key: expected the key and nothing else`,
    );
  }
  return { key, keyFrom };
}

/** All of stdin. @returns {Promise<Buffer>} */
export async function readStdin() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks);
}
