// @ts-check
// Messages of the package in the words of the command line: flags and variables instead of options.

/** @type {readonly (readonly [RegExp, string])[]} */
const TERMS = [
  [/\bpass apiKey\b/g, "set AIERA_API_KEY"],
  [/`?\bapiKey\b`?/g, "the API key"],
  [/`?\b(?:options\.)?baseUrl\b`?/g, "--base-url"],
  [/`?\b(?:options\.)?allowedOrigins\b`?/g, "--allow-origin"],
  [/`?\b(?:options\.)?allowedHosts\b`?/g, "--allow-host"],
  [/`?\b(?:options\.)?delayMs\b`?/g, "--delay"],
  [/`?\b(?:options\.)?latencyMs\b`?/g, "--latency"],
  [/`?\b(?:options\.)?outcome\b`?/g, "--outcome"],
  [/\brequestTimeoutMs\b/g, "the time limit of one request"],
  [/\blistSessions\b/g, "aiera-chat list"],
];

/**
 * @param {string} message
 * @param {{ command: string, flags: Record<string, any> }} context
 */
export function inShellTerms(message, { command, flags }) {
  const hasTimeout = command === "ask" || command === "wait";
  const limit = hasTimeout ? `--timeout (${flags.timeout ?? "10m"})` : "the time limit";
  const timed = message
    // Of a call that began before this request: the whole time is the one that the user knows.
    .replace(/\btimeoutMs \(\d+ ms\)/g, limit)
    .replace(/\btimeoutMs\b/g, hasTimeout ? "--timeout" : "time limit");
  return TERMS.reduce((text, [pattern, term]) => text.replace(pattern, term), timed);
}
