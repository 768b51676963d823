// @ts-check
// Rewrites the package's messages for a shell: flags and variables instead of options.

/** @typedef {readonly (readonly [RegExp, string])[]} Replacements */

/** @type {Replacements} */
const EVERY_COMMAND = [
  [/\bpass apiKey\b/g, "set AIERA_API_KEY"],
  [/`?\bapiKey\b`?/g, "the API key"],
  [/`?\b(?:options\.)?baseUrl\b`?/g, "--base-url"],
  [/`?\b(?:options\.)?allowedOrigins\b`?/g, "--allow-origin"],
  [/`?\b(?:options\.)?allowedHosts\b`?/g, "--allow-host"],
  [/\brequestTimeoutMs\b/g, "the time limit of one request"],
  [/\blistSessions\b/g, "aiera-chat list"],
];

/** Names that occur as ordinary nouns elsewhere. @type {Replacements} */
const MOCK = [
  [/`?\b(?:options\.)?delayMs\b`?/g, "--delay"],
  [/`?\b(?:options\.)?latencyMs\b`?/g, "--latency"],
  [/`?\b(?:options\.)?outcome\b`?/g, "--outcome"],
];

/**
 * @param {string} message
 * @param {{ command: string, flags: Record<string, any> }} context
 */
export function withFlagNames(message, { command, flags }) {
  const hasTimeout = command === "ask" || command === "wait";
  const limit = hasTimeout ? `--timeout (${flags.timeout ?? "10m"})` : "the time limit";
  const timed = message
    // The message names the time left for one call; the user set the time for the command.
    .replace(/\btimeoutMs \(\d+ ms\)/g, limit)
    .replace(/\btimeoutMs\b/g, hasTimeout ? "--timeout" : "time limit");
  const replacements = command === "mock" ? [...EVERY_COMMAND, ...MOCK] : EVERY_COMMAND;
  return replacements.reduce((text, [pattern, name]) => text.replace(pattern, name), timed);
}
